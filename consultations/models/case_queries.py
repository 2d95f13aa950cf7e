"""How cases are found: what a user may see, what waits for whom, what was searched for."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from consultations import parties
from consultations.enums import ENDED
from consultations.models.agenda import AgendaEntry
from consultations.models.search import SearchWord, words_in
from consultations.search_terms import agenda_number, with_dialled, without_labels
from office.models import User

if TYPE_CHECKING:
    from consultations.models.case import Case  # noqa: F401 -- named in the annotations


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> "CaseQuerySet":
        """The cases a user may see: the start of every list, page, file and export."""
        return self.filter(parties.visible(user))

    def served_by(self, user: User) -> "CaseQuerySet":
        """The cases that the user serves as their officer, or as the head of their division."""
        return self.filter(parties.served(user))

    def open(self) -> "CaseQuerySet":
        return self.exclude(state__in=ENDED)

    def search(self, text: str) -> "CaseQuerySet":
        """The cases of which every word of `text` begins a word (name, subject, code, telephone number).

        An agenda number with its year that has been given means its one case, found by its own index; one
        that has not is words like others, as it may be the number of a letter. Asks at once which of the
        longest words is rare: the list starts from it, where there is one, and otherwise runs down the cases
        until its page is full.
        """
        found: CaseQuerySet = self
        text = without_labels(text)
        entry = agenda_number(text)
        if entry and AgendaEntry.objects.filter(number=entry.number, year=entry.year).exists():
            found, text = self.numbered(entry.number, entry.year), entry.rest
        words = sorted(words_in(with_dialled(text))[:6], key=len, reverse=True)
        rare = next((word for word in words[:3] if SearchWord.is_rare(word)), None)
        for word in words:
            cases = SearchWord.cases_with(word)
            has_word = Q(pk__in=cases) if word == rare else Q(Exists(cases.filter(case=OuterRef("pk"))))
            found = found.filter(has_word)
        return found

    def numbered(self, number: int, year: int) -> "CaseQuerySet":
        """The case of an agenda number, also of one that was voided since: papers may still show it."""
        entries = AgendaEntry.objects.filter(number=number, year=year)
        return self.filter(pk__in=entries.values(key=Coalesce("case", "voided_case")))

    def with_people(self) -> "CaseQuerySet":
        """What a row of a list shows, in one query."""
        return self.select_related("agenda", "division", "officer")
