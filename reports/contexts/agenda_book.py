"""The agenda book (Buku Agenda Surat Masuk): one line per agenda number of a period.

An urgent walk-in without a letter has a number of the same series, but is entered in the register of
consultations. The paper names these numbers below the table.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consultations.enums import Channel, Confidentiality
from consultations.models import AgendaEntry, Attachment, Case
from consultations.moments import LATEST_ENTRY
from consultations.pagination import only
from dispositions.models import Disposition
from reports.contexts.book import INITIALS, Book, BookColumn, Place, to_day
from reports.contexts.registers import APPLICANT, person_of
from reports.models import Register
from reports.seals import get_latest_seal

NOT_SHOWN = "(tidak ditampilkan)"
"""Printed in place of a complaint that is, or may be, about the user who prints the book."""

OF_CASE = (
    *(*APPLICANT, "code", "classification", "letter_number", "letter_date", "submitted_at", "subject"),
    *("state", "division__name"),
)
FIELDS = (
    *("year", "number", "registered_at", "void_reason"),
    *(f"{case}__{field}" for case in ("case", "voided_case") for field in OF_CASE),
)
WALK_IN = Q(case__channel=Channel.WALK_IN, case__letter_number="")
"""Numbers of urgent walk-ins without a letter."""


@dataclass(frozen=True)
class Line:
    """One line of the book. Fields that are unknown or hidden are empty."""

    entry: AgendaEntry
    case: Case
    subject: str
    received: dt.date | None = None
    classification: str = ""
    sender: str = ""
    letter_date: dt.date | None = None
    letter_number: str = ""
    files: int | None = None
    forwarded_to: str = ""
    forwarded_on: dt.date | None = None
    remark: str = ""


def _get_rows(register: Register) -> QuerySet[AgendaEntry]:
    # A number may be taken up to LATEST_ENTRY after its date, in the next year.
    years = (register.since.year, (register.until + LATEST_ENTRY).year)
    of_case = OuterRef("of_case")
    files = Attachment.objects.filter(case=of_case).values("case").annotate(n=Count("pk"))
    forwarded = Disposition.objects.filter(case=of_case).order_by("-pk")
    entries = only(AgendaEntry.objects.filter(year__range=years).exclude(WALK_IN), FIELDS)
    return entries.annotate(
        of_case=Coalesce("case__pk", "voided_case"),
        files=Subquery(files.values("n")),
        forwarded_at=Subquery(forwarded.values("at")[:1]),
    )


def _get_lines(entries: Sequence[Any], register: Register) -> list[Line]:
    return [_line(entry) for entry in entries]


def _line(entry: Any) -> Line:
    voided = entry.voided_case
    case = voided or entry.case
    if entry.is_withheld:
        return Line(entry, case, NOT_SHOWN)
    is_forwarded = bool(case.division and not voided)
    return Line(
        entry,
        case,
        subject=case.subject,
        received=to_day(case.submitted_at),
        classification=case.classification,
        sender=person_of(case),
        letter_date=case.letter_date,
        letter_number=case.letter_number,
        files=entry.files,
        forwarded_to=case.division.name if is_forwarded else "",
        forwarded_on=to_day(entry.forwarded_at) if is_forwarded else None,
        remark=f"Dibatalkan: {entry.void_reason}" if voided else _remark(case),
    )


def _remark(case: Case) -> str:
    """Return the state, and the confidentiality if it is not normal."""
    if case.confidentiality == Confidentiality.NORMAL:
        return case.get_state_display()
    return f"{case.get_state_display()}, {Confidentiality(case.confidentiality).label}"


def _summarise(lines: Sequence[Line], register: Register) -> dict[str, Any]:
    """Return notes on the numbers between those of the lines, and the last seal of the record."""
    entries = [line.entry for line in lines]
    of_period = AGENDA_BOOK.of_period(AgendaEntry.objects.filter(WALK_IN), register)
    walk_ins = list(of_period.order_by("year", "number").only("year", "number"))
    known = sorted([*entries, *walk_ins], key=lambda entry: (entry.year, entry.number))
    notes = []
    if walk_ins:
        numbers = ", ".join(map(str, walk_ins))
        notes.append(f"Nomor permohonan mendesak tanpa surat, tercatat di Register Konsultasi: {numbers}.")
    if elsewhere := list_numbers_between(known):
        notes.append(f"Nomor agenda di antaranya yang bertanggal di luar waktu ini: {', '.join(elsewhere)}.")
    return {"notes": notes, "seal": get_latest_seal(register.at)}


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


AGENDA_BOOK = Book(
    Register.Kind.AGENDA_BOOK,
    "Buku Agenda Surat Masuk",
    _("nomor agenda"),
    AgendaEntry,
    "registered_at",
    ("year", "number"),
    (
        BookColumn(_("Tanggal terima"), lambda line: line.received, 17),
        BookColumn(_("Nomor agenda"), lambda line: str(line.entry), 10),
        BookColumn(_("Kode lacak"), lambda line: line.case.code if line.received else "", 14, Place.FILE),
        BookColumn(_("Kode klasifikasi"), lambda line: line.classification, 12),
        BookColumn(_("Pengirim"), lambda line: line.sender, 26),
        BookColumn(_("Tanggal surat"), lambda line: line.letter_date, 17),
        BookColumn(_("Nomor surat"), lambda line: line.letter_number, 18),
        BookColumn(_("Isi ringkas / perihal"), lambda line: line.subject, 34),
        BookColumn(_("Lampiran (berkas)"), lambda line: line.files, 12),
        BookColumn(_("Diteruskan ke"), lambda line: line.forwarded_to, 22),
        BookColumn(_("Tanggal diteruskan"), lambda line: line.forwarded_on, 17),
        INITIALS,
        BookColumn(_("Keterangan"), lambda line: line.remark, 18),
    ),
    _get_rows,
    cases=("case", "voided_case"),
    get_lines=_get_lines,
    summarise=_summarise,
    get_page=lambda line: reverse("case", args=[line.case.code]) if line.received else "",
    is_numbered=True,
)
