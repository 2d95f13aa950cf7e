"""The texts of the records of a case that are erased, by model; consultations/personal_fields.py has its own.

A test compares the table with the models, so that a new text is erased or named as one that stays.
"""

from dataclasses import dataclass

from django.db.models import Model, Q

from consultations.models import AgendaEntry, Attachment, Case, Event, IdentityReveal
from dispositions.models import (
    Assignment,
    Disposition,
    Endorsement,
    Meeting,
    Minutes,
    Opinion,
    Preparation,
    StaffReview,
)
from exchange.models import SubmittedCase
from reports.models import FollowUp, Handover, Remark, Report
from scheduling.models import Session


@dataclass(frozen=True)
class Texts:
    """Columns of a model. `paths` lead from a row to its case."""

    model: type[Model]
    columns: tuple[str, ...]
    paths: tuple[str, ...] = ("case",)

    def of(self, case: Case) -> Q:
        """Match the rows of a case that have a text."""
        of_case, filled = Q(pk__in=[]), Q(pk__in=[])
        for path in self.paths:
            of_case |= Q((path, case))
        for column in self.columns:
            filled |= ~Q((column, ""))
        return of_case & filled


def _texts(model: type[Model], columns: str, *paths: str) -> Texts:
    return Texts(model, tuple(columns.split()), paths or ("case",))


TEXTS = (
    _texts(Event, "note"),
    _texts(AgendaEntry, "void_reason", "case", "voided_case"),
    _texts(Attachment, "name"),
    _texts(IdentityReveal, "reason"),
    _texts(Endorsement, "note"),
    _texts(Disposition, "note"),
    _texts(Assignment, "preparation reason"),
    _texts(Preparation, "administration materials equipment"),
    _texts(Opinion, "agency question phone email answer letter_number"),
    _texts(Meeting, "place agenda invited"),
    _texts(Minutes, "attendees discussion conclusion", "meeting__case"),
    _texts(StaffReview, "problem assumptions facts analysis conclusion advice"),
    _texts(Session, "place link answer attendees cancel_reason"),
    _texts(Report, "general purpose scope basis activities results conclusion closing"),
    _texts(Remark, "text", "report__case"),
    _texts(FollowUp, "text responsible outcome"),
    _texts(Handover, "receiver", "document__case"),
    _texts(SubmittedCase, "sent_hash"),
)
"""Texts that are replaced by ERASED if they are not empty."""

EMPTIED = frozenset({"phone", "email", "link", "sent_hash"})
"""Columns that become empty instead, because they hold an address, a number or a hash."""
