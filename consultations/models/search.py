"""The search index: words of cases, found by prefix.

A search costs the same for a thousand and a million cases.
"""

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from consultations.models.case import Case

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
MAX_LENGTH = 24
RARE = 500
"""Highest number of cases that have a rare word. A search starts from the cases with a rare word."""


def split_words(text: str) -> list[str]:
    """Return the distinct words of a text in their indexed form: lower case, ASCII letters and digits."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return list(dict.fromkeys(word[:MAX_LENGTH] for word in re.findall(r"[a-z0-9]+", plain)))


def prefix_end(prefix: str) -> str:
    """Return the first string that sorts after all words with this prefix; empty if there is none.

    It holds in every collation that sorts digits before letters, so SQLite and PostgreSQL can both search a
    prefix as a range of the index.
    """
    rest = prefix.rstrip(ALPHABET[-1])
    return rest[:-1] + ALPHABET[ALPHABET.index(rest[-1]) + 1] if rest else ""


class SearchWord(models.Model):
    """One word of one case."""

    case = models.ForeignKey("Case", models.CASCADE, related_name="search_words", db_index=False)
    word = models.CharField(max_length=MAX_LENGTH)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "word"], name="each_word_once_per_case"),
        ]
        indexes = [models.Index(fields=["word", "case"], name="search_word")]

    def __str__(self) -> str:
        return self.word

    @classmethod
    def add(cls, case: "Case", *texts: str) -> None:
        """Add the words of `texts` to the index of a case."""
        words = [SearchWord(case=case, word=word) for word in split_words(" ".join(texts))]
        SearchWord.objects.bulk_create(words, ignore_conflicts=True)

    @classmethod
    def cases_matching(cls, prefix: str) -> models.QuerySet[Any, Any]:
        """Return the keys of the cases that have a word with this prefix, for use in a subquery."""
        found = cls.objects.filter(word__gte=prefix)
        if end := prefix_end(prefix):
            found = found.filter(word__lt=end)
        return found.values("case")

    @classmethod
    def is_rare(cls, prefix: str) -> bool:
        """Return whether at most RARE words have this prefix. Reads at most RARE + 1 rows of the index."""
        return not cls.cases_matching(prefix).order_by("word", "case")[RARE : RARE + 1].exists()
