"""The search index: the texts under which a case is found, and the words that exist in them.

`consultations/search.py` adds the full-text index of the database to these tables.
"""

import re
import unicodedata

from django.db import models

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

    case = models.OneToOneField("Case", models.CASCADE, primary_key=True, related_name="search_text")
    names = models.TextField()
    subject = models.TextField()
    body = models.TextField(blank=True)
    report = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.names


class KnownWord(models.Model):
    """A word of letters that a text contains or has contained, to find the word that somebody misspelt."""

    word = models.CharField(max_length=MAX_LENGTH, unique=True)

    def __str__(self) -> str:
        return self.word
