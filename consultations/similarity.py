"""Comparison of texts by the words that they have in common."""

from collections.abc import Sequence

from django.db.models import Case, IntegerField, Value, When
from django.db.models.expressions import Combinable

from consultations.models.search import split_words

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
