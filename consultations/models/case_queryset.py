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

NOT_IN_ROWS = (
    *("secret", "secret_hash", "submission_hash", "sent_hash", "language", "phone", "email", "address"),
    *("material", "visit_at", "needs_companion", "needs_sign_language", "needs_large_print", "needs_visit"),
    *("complained_party", "lapor_number", "letter_number", "letter_date", "srikandi_number"),
    *("classification", "confidentiality", "deadline", "needs_review", "missing", "end_reason", "outcome"),
    *("report_number", "first_closed_at"),
)
"""Columns that no row of a list shows. If one is needed, it costs a query for each row."""


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

    def as_rows(self) -> "CaseQuerySet":
        """Leave in the database what no row of a list shows: long texts, contact, keys."""
        return self.defer(*NOT_IN_ROWS)

    def as_lines(self) -> "CaseQuerySet":
        """Read what names a case in a short list: number, subject, kind, state, since when, until when."""
        return self.select_related("agenda").only(
            *("code", "subject", "kind", "state", "since", "due_at", "agenda__year", "agenda__number")
        )

    def with_people(self) -> "CaseQuerySet":
        """Read the records that a row of a list shows in the same query."""
        return self.select_related("agenda", "division", "officer")
