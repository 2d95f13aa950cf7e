"""The search index: texts under which a case is found, known words, and the comparison of texts by words.

`consultations/search.py` adds the full-text index of the database to these tables.
"""

import re
import unicodedata
from collections.abc import Sequence

from django.db import models
from django.db.models import Case, IntegerField, Value, When
from django.db.models.expressions import Combinable

MAX_LENGTH = 24


def split_words(text: str) -> list[str]:
    """Return the distinct words of a text in their indexed form: lower case, ASCII letters and digits."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return list(dict.fromkeys(word[:MAX_LENGTH] for word in re.findall(r"[a-z0-9]+", plain)))


def as_indexed(*texts: str) -> str:
    """Return the words of `texts` with a space before and after each, so that ` desa` finds a beginning."""
    words = split_words(" ".join(texts))
    return f" {' '.join(words)} " if words else ""


class SearchText(models.Model):
    """The words of one case, each column in the form of `as_indexed()`.

    `names` has people and numbers, `subject` the subject and the officer, `body` the matter. `report` has the
    accepted report.
    """

    not_recorded = True  # of the words of the case

    case = models.OneToOneField("Case", models.CASCADE, primary_key=True, related_name="search_text")
    names = models.TextField()
    subject = models.TextField()
    body = models.TextField(blank=True)
    report = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.names


class KnownWord(models.Model):
    """A word of letters that a text contains or has contained, to find the word that somebody misspelt."""

    not_recorded = True  # of the words of cases

    word = models.CharField(max_length=MAX_LENGTH, unique=True)

    def __str__(self) -> str:
        return self.word


MAX_TERMS = 20
MIN_LENGTH = 4
STOP_WORDS = frozenset(
    """
    adalah agar akan antara apabila apakah atas atau bagaimana bagi bahwa banyak beberapa belum berapa
    boleh cara dalam dapat dari dengan dimana hanya harus ingin itulah jika juga kami kapan karena
    kepada ketika konsultasi kita lagi lain maka mana masih melalui mengapa mengenai menjadi menurut
    mereka mohon namun oleh pada para perlu permohonan saat saja salah sampai sangat saya sebagai sebuah
    secara sedang sehingga sejak semua seperti serta siapa sudah supaya tanpa telah tentang tersebut
    tetapi tidak untuk yaitu yang
    """.split()  # noqa: SIM905 -- readable
)
"""Frequent words that say nothing about a matter."""


def list_terms(text: str) -> list[str]:
    """Return the first MAX_TERMS words of a text that may say what it is about."""
    words = (word for word in split_words(text) if len(word) >= MIN_LENGTH and word not in STOP_WORDS)
    return [word for word in words if word.isalpha()][:MAX_TERMS]


def count_common(terms: Sequence[str], column: str) -> Combinable:
    """Count the terms that begin a word of a text column (`as_indexed()`)."""
    count: Combinable = Value(0)
    for term in terms:
        has_term = When(**{f"{column}__contains": f" {term}"}, then=1)
        count += Case(has_term, default=0, output_field=IntegerField())
    return count
