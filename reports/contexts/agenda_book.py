"""Template context of the agenda book (Buku Agenda): one line per agenda number of a period."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from consultations.enums import Confidentiality, Urgency
from consultations.models import AgendaEntry, Attachment, Case
from consultations.pagination import only
from consultations.parties import parties, subject_unknown
from office.models import User
from reports.contexts.registers import CONFIDENTIAL, MAX_ROWS, is_masked, list_agenda_entries
from reports.models import Register

NOT_SHOWN = "(tidak ditampilkan)"
"""Printed in place of a complaint that is, or may be, about the user who prints the book."""

SENDER = ("applicant_name", "organisation", "confidentiality", "complained_about")
LETTER = ("letter_number", "letter_date", "submitted_at", "subject")
OF_CASE = (*SENDER, *LETTER, "kind", "channel", "agenda", "state", "urgency", "division__name")
FIELDS = (
    *("year", "number", "void_reason"),
    *(f"{case}__{field}" for case in ("case", "voided_case") for field in OF_CASE),
)


@dataclass(frozen=True)
class Line:
    """One line of the book. Fields that are unknown or hidden are empty."""

    number: str
    subject: str
    received: dt.datetime | None = None
    sender: str = ""
    organisation: str = ""
    letter_date: dt.date | None = None
    letter_number: str = ""
    files: int = 0
    forwarded_to: str = ""
    remark: str = ""


def agenda_book_context(register: Register, row: Register) -> dict[str, Any]:
    """Return the lines, and the numbers between them that are dated outside of the period."""
    files = Attachment.objects.filter(case=OuterRef("of_case")).values("case").annotate(n=Count("pk"))
    entries = only(list_agenda_entries(register), FIELDS).annotate(
        of_case=Coalesce("case__pk", "voided_case"), files=Coalesce(Subquery(files.values("n")), 0)
    )
    found = list(entries[:MAX_ROWS])
    return {
        "register": register,
        "lines": [_line(entry, entry.files, register) for entry in found],
        "elsewhere": ", ".join(list_numbers_between(found)),
    }


def _line(entry: AgendaEntry, files: int, register: Register) -> Line:
    voided = entry.voided_case
    case = voided or entry.case
    if _is_withheld(case, register.by):
        return Line(str(entry), NOT_SHOWN)
    masked = is_masked(case)
    return Line(
        number=str(entry),
        subject=case.subject,
        received=case.submitted_at,
        sender=CONFIDENTIAL if masked else case.applicant_name,
        organisation="" if masked else case.organisation,
        letter_date=case.letter_date,
        letter_number=case.letter_number,
        files=files,
        forwarded_to=case.division.name if case.division and not voided else "",
        remark=f"Dibatalkan: {entry.void_reason}" if voided else _remark(case),
    )


def _is_withheld(case: Case, reader: User) -> bool:
    """Return whether the case is a complaint that is, or may be, about the reader."""
    if case.complained_about_id == reader.pk:
        return True
    return subject_unknown(case) and not parties(reader, case)


def _remark(case: Case) -> str:
    """Return state, urgency and confidentiality; the last two only if they are not normal."""
    remarks = [case.get_state_display()]
    if case.urgency != Urgency.NORMAL:
        remarks.append(str(Urgency(case.urgency).label))
    if case.confidentiality != Confidentiality.NORMAL:
        remarks.append(str(Confidentiality(case.confidentiality).label))
    return ", ".join(remarks)


def list_numbers_between(entries: Sequence[AgendaEntry]) -> list[str]:
    """Return the gaps between the first and the last number of each year: `7/2026`."""
    between = []
    for year, of_year in groupby(entries, key=lambda entry: entry.year):
        for before, after in pairwise(entry.number for entry in of_year):
            if after - before == 2:
                between.append(f"{before + 1}/{year}")
            elif after - before > 2:
                between.append(f"{before + 1}–{after - 1}/{year}")
    return between
