"""The queryset of cases: sight, service, search."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from consultations import parties
from consultations.enums import ENDED
from consultations.models.agenda import AgendaEntry
from consultations.models.search import SearchWord, split_words
from consultations.search_terms import find_agenda_number, strip_labels, with_national_numbers
from office.models import User

if TYPE_CHECKING:
    from consultations.models.case import Case  # noqa: F401 -- named in the annotations


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> "CaseQuerySet":
        """Return the cases that the user may see. Every list, page, file and export starts here."""
        return self.filter(parties.visible_to(user))

    def served_by(self, user: User) -> "CaseQuerySet":
        """Return the cases that the user serves as officer or as head of the division."""
        return self.filter(parties.served_by(user))

    def open(self) -> "CaseQuerySet":
        return self.exclude(state__in=ENDED)

    def search(self, text: str) -> "CaseQuerySet":
        """Return the cases that have, for each word of `text`, a word with that prefix.

        Indexed are names, subject, code and numbers (search_index.py).

        An agenda number with its year matches its one case. If that number was never given, its digits are
        searched as words: it may be part of a letter number.

        Runs up to three short queries to find a rare word. The list starts from the cases with that word. If
        no word is rare, the database checks case by case until the page is full.
        """
        found: CaseQuerySet = self
        text = strip_labels(text)
        entry = find_agenda_number(text)
        if entry and AgendaEntry.objects.filter(number=entry.number, year=entry.year).exists():
            found, text = self.numbered(entry.number, entry.year), entry.rest
        words = sorted(split_words(with_national_numbers(text))[:6], key=len, reverse=True)
        rare = next((word for word in words[:3] if SearchWord.is_rare(word)), None)
        for word in words:
            cases = SearchWord.cases_matching(word)
            has_word = Q(pk__in=cases) if word == rare else Q(Exists(cases.filter(case=OuterRef("pk"))))
            found = found.filter(has_word)
        return found

    def numbered(self, number: int, year: int) -> "CaseQuerySet":
        """Return the case of an agenda number, even if the number was voided later."""
        entries = AgendaEntry.objects.filter(number=number, year=year)
        return self.filter(pk__in=entries.values(key=Coalesce("case", "voided_case")))

    def with_people(self) -> "CaseQuerySet":
        """What a row of a list shows, in one query."""
        return self.select_related("agenda", "division", "officer")
