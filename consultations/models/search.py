"""Finding a case by the beginnings of its words, at the same cost for a thousand and a million cases."""

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from consultations.models.case import Case

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
MAX_LENGTH = 24
RARE = 500
"""A word that at most so many cases have is looked up first; others are asked for case by case."""


def words_in(text: str) -> list[str]:
    """The distinct words of a text as they are searched: lower case, plain letters and digits."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return list(dict.fromkeys(word[:MAX_LENGTH] for word in re.findall(r"[a-z0-9]+", plain)))


def after(beginning: str) -> str:
    """The first word that sorts after all words with this beginning; empty where there is none.

    Holds in every collation that puts digits before letters, so a range of the index finds a beginning
    alike on SQLite and PostgreSQL.
    """
    rest = beginning.rstrip(ALPHABET[-1])
    return rest[:-1] + ALPHABET[ALPHABET.index(rest[-1]) + 1] if rest else ""


class SearchWord(models.Model):
    """One word of one case. An index of words keeps every search a short range of an index."""

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
        """Make a case findable by the words of `texts`."""
        words = [SearchWord(case=case, word=word) for word in words_in(" ".join(texts))]
        SearchWord.objects.bulk_create(words, ignore_conflicts=True)

    @classmethod
    def cases_with(cls, beginning: str) -> models.QuerySet[Any, Any]:
        """The ids of the cases that have a word with this beginning, for use in a subquery."""
        found = cls.objects.filter(word__gte=beginning)
        if end := after(beginning):
            found = found.filter(word__lt=end)
        return found.values("case")

    @classmethod
    def is_rare(cls, beginning: str) -> bool:
        """Whether few words have this beginning. Costs the same however many have it."""
        return not cls.cases_with(beginning).order_by("word", "case")[RARE : RARE + 1].exists()
