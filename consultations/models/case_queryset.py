"""The queryset of cases: those that a user may see or serves."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Coalesce

from consultations import parties
from consultations.enums import ENDED
from consultations.models.agenda import AgendaEntry
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

    def numbered(self, number: int, year: int) -> "CaseQuerySet":
        """Return the case of an agenda number, even if the number was voided later."""
        entries = AgendaEntry.objects.filter(number=number, year=year)
        return self.filter(pk__in=entries.values(key=Coalesce("case", "voided_case")))

    def with_people(self) -> "CaseQuerySet":
        """Read the records that a row of a list shows in the same query."""
        return self.select_related("agenda", "division", "officer")
