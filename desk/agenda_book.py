"""The lines of the agenda book (Buku Agenda) that a user may see, also of voided numbers.

Urgent walk-ins without a letter are in the register of consultations instead.
"""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from consultations.enums import Channel
from consultations.models import AgendaEntry, Attachment, Case
from consultations.pagination import only
from consultations.queries import of_few_visible_cases
from office.models import User

ENTRY = ("year", "number", "void_reason")
LETTER = ("letter_number", "letter_date", "submitted_at", "applicant_name", "organisation", "subject")
SHOWN = ("code", "state", "confidentiality", *LETTER, "division__name")
"""Columns of the entry (ENTRY) and of the case (SHOWN) that a line shows."""


@dataclass(frozen=True)
class Line:
    """One line of the book: an entry, its case, and the number of files of the case."""

    entry: AgendaEntry
    case: Case
    files: int

    @property
    def number(self) -> int:
        return self.entry.number

    @classmethod
    def of_case(cls, case: Case) -> "Line":
        """Return the line of a row of `list_live_cases()`."""
        return cls(case.agenda, case, case.files)  # type: ignore[attr-defined, arg-type]

    @classmethod
    def of_voided(cls, entry: AgendaEntry) -> "Line":
        """Return the line of a row of `list_voided_entries()`."""
        return cls(entry, entry.voided_case, entry.files)  # type: ignore[attr-defined, arg-type]


def list_live_cases(user: User) -> QuerySet[Case]:
    """Return the visible cases with a letter, with their entry, in falling order of their numbers."""
    letters = Case.objects.visible_to(user).exclude(channel=Channel.WALK_IN, letter_number="")
    cases = only(letters, (*SHOWN, *(f"agenda__{field}" for field in ENTRY)))
    return cases.annotate(files=_count_files("pk")).order_by("-agenda__number")


def list_voided_entries(user: User) -> QuerySet[AgendaEntry]:
    """Return the voided entries of visible cases in falling order of their numbers."""
    entries = AgendaEntry.objects.filter(of_few_visible_cases(user, "voided_case"), voided_case__isnull=False)
    entries = only(entries, (*ENTRY, *(f"voided_case__{field}" for field in SHOWN)))
    return entries.annotate(files=_count_files("voided_case")).order_by("-number")


def _count_files(case: str) -> Coalesce:
    """Count the files of the case (named by its field) in a subquery for each row."""
    counted = Attachment.objects.filter(case=OuterRef(case)).values("case").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)
