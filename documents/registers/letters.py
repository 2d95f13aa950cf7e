"""The books of the correspondence: incoming and outgoing letters (Buku Agenda), dispatch (Buku Ekspedisi).

The agenda book has one line per agenda number. An urgent walk-in without a letter has a number of the same
series, but is entered in the register of consultations. The paper names these numbers below the table.

The book of outgoing letters has one line per number: of letters, and of reports, which share their series if
the pattern of numbers does not tell them apart. A letter that was revoked keeps its line.

The dispatch book has all dispositions and all letters that were signed. Other documents of a case are in it
if a member of staff recorded a receiver (`Handover`).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from consultations.enums import Channel, Confidentiality
from consultations.models import AgendaEntry, Attachment, Case, Event
from consultations.step_row import LATEST_ENTRY
from dispositions.models import Assignment, Disposition, Meeting, Opinion, OpinionReminder, Transfer
from documents.contexts import get_latest_seal
from documents.models import (
    FOR_APPLICANT,
    TO_INSTITUTION,
    DispatchWay,
    Document,
    Handover,
    PaperEvent,
    Register,
    ReportNumber,
)
from documents.models.document import LETTERS, NUMBERED, UNSIGNED
from documents.registers.book import (
    AGENDA,
    APPLICANT,
    CODE,
    INITIALS,
    Book,
    number_of,
    person_of,
    to_day,
)
from kit.clock import midnight
from kit.pagination import only
from kit.table import Column, Place, Value
from office.models import Division
from office.words import get_words

NOT_SHOWN = "(tidak ditampilkan)"
"""Printed in place of a complaint that is, or may be, about the user who prints the book."""

OF_ENTRY = ("year", "number", "registered_at", "void_reason", "voided_case", "office_number")
OF_CASE = (
    *(*APPLICANT, "code", "classification", "letter_number", "letter_date", "submitted_at", "subject"),
    *("channel", "forwarded_by", "state", "kind", "passed_to", "merged_into", "division__name"),
)
"""Columns of an agenda entry and of its case that a line of the agenda book shows."""

WALK_IN = Q(case__channel=Channel.WALK_IN, case__letter_number="")
"""Numbers of urgent walk-ins without a letter."""


@dataclass(frozen=True)
class AgendaLine:
    """One line of the agenda book. `found` has the columns of `annotate_letters()`, None: it is withheld."""

    entry: AgendaEntry
    found: Any

    @property
    def number(self) -> int:
        return self.entry.number

    @property
    def case(self) -> Case:
        return self.entry.voided_case or self.entry.case

    @property
    def is_shown(self) -> bool:
        return self.found is not None

    @property
    def subject(self) -> str:
        return self.case.subject if self.is_shown else NOT_SHOWN

    @property
    def division(self) -> Division | None:
        """The division that the letter was forwarded to."""
        return None if self.entry.voided_case else self.case.division

    @property
    def remark(self) -> str:
        """Why the number was voided, or the state, and the confidentiality if it is not normal."""
        if self.entry.voided_case:
            return f"{_('Dibatalkan')}: {self.entry.void_reason}"
        state, confidentiality = self.case.get_state_display(), self.case.confidentiality
        parts = [state, f"diteruskan {self.case.forwarded_by}" if self.case.forwarded_by else ""]
        if confidentiality != Confidentiality.NORMAL:
            parts.append(str(Confidentiality(confidentiality).label))
        return ", ".join(filter(None, parts))


def annotate_letters(rows: QuerySet[Any], case: str) -> QuerySet[Any]:
    """Add the number of files of the case (named by its field), and when it was forwarded last."""
    files = Attachment.objects.filter(case=OuterRef(case)).values("case").annotate(n=Count("pk"))
    forwarded = Disposition.objects.filter(case=OuterRef(case)).order_by("-pk")
    return rows.annotate(files=Subquery(files.values("n")), forwarded_at=Subquery(forwarded.values("at")[:1]))


def _get_entries(register: Register) -> QuerySet[AgendaEntry]:
    # A number may be taken up to LATEST_ENTRY after its date, in the next year.
    years = (register.since.year, (register.until + LATEST_ENTRY).year)
    fields = (*OF_ENTRY, *(f"{case}__{field}" for case in ("case", "voided_case") for field in OF_CASE))
    entries = only(AgendaEntry.objects.filter(year__range=years).exclude(WALK_IN), fields)
    return annotate_letters(entries.annotate(of_case=Coalesce("case__pk", "voided_case")), "of_case")


def _summarise(lines: Sequence[AgendaLine], register: Register) -> dict[str, Any]:
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


def _mark_line(line: AgendaLine) -> dict[str, str]:
    """Return the attributes of the line on the page. A withheld line does not name its case."""
    case = {"case": line.case.code} if line.is_shown else {}
    return {"row": "", **case, **({"voided": ""} if line.entry.void_reason else {})}


def _if_shown(get_value: Callable[[AgendaLine], Value]) -> Callable[[AgendaLine], Value]:
    return lambda line: get_value(line) if line.is_shown else None


AGENDA_BOOK = Book(
    kind=Register.Kind.AGENDA_BOOK,
    title="Buku Agenda Surat Masuk",
    row_name=_("nomor agenda"),
    model=AgendaEntry,
    moment="registered_at",
    order=("year", "number"),
    columns=(
        Column(_("Tanggal terima"), _if_shown(lambda line: to_day(line.case.submitted_at)), 17),
        Column(AGENDA, lambda line: str(line.entry), 10),
        Column(_("Nomor agenda kantor"), lambda line: line.entry.office_number, 12),
        Column(CODE, _if_shown(lambda line: line.case.code), 14, Place.FILE),
        Column(
            _("Kode klasifikasi"),
            _if_shown(lambda line: line.case.classification),
            12,
            Place.PRINT | Place.FILE,
        ),
        Column(_("Pengirim"), _if_shown(lambda line: person_of(line.case)), 26),
        Column(_("Tanggal surat"), _if_shown(lambda line: line.case.letter_date), 17),
        Column(_("Nomor surat"), _if_shown(lambda line: line.case.letter_number), 18),
        Column(_("Isi ringkas / perihal"), lambda line: line.subject, 34, is_link=True),
        Column(_("Lampiran (berkas)"), _if_shown(lambda line: line.found.files), 12),
        Column(_("Diteruskan ke"), _if_shown(lambda line: str(line.division or "")), 22),
        Column(
            _("Tanggal diteruskan"),
            _if_shown(lambda line: to_day(line.found.forwarded_at) if line.division else None),
            17,
            Place.PRINT | Place.FILE,
        ),
        INITIALS,
        Column(_("Keterangan"), _if_shown(lambda line: line.remark), 18),
        Column(_("Cara masuk"), _if_shown(lambda line: line.case.get_channel_display()), 16, Place.FILE),
    ),
    get_rows=_get_entries,
    cases=("case", "voided_case"),
    get_lines=lambda entries, register: [AgendaLine(e, None if e.is_withheld else e) for e in entries],
    summarise=_summarise,
    get_url=lambda line: reverse("case", args=[line.case.code]) if line.is_shown else "",
    get_data=_mark_line,
    page="agenda",
    is_numbered=True,
)

K = Document.Kind
DISPATCHED = (K.DISPOSITION, *LETTERS)
"""Kinds that are entered in the dispatch book without a record of staff."""

TAKEN_ON = ("assign", "ratify_assignment", "hand_back")
"""Steps with which the Kepala Bidang shows that the disposition has arrived."""

LETTERS_TO_APPLICANT = {*LETTERS} & {*FOR_APPLICANT} - {*TO_INSTITUTION}
IS_SENT = Q(target=Document.State.SENT)

OF_DOCUMENT = (
    *("kind", "source_pk", "number", "issued_at", "issuer", "signed_title", "version", "classification"),
    *("state", "way", "signed_at", "printed_at", "revoked_at", "revoke_reason", "confirmed_at", "denied_at"),
    *(f"case__{name}" for name in (*APPLICANT, "code", "subject", "agenda__year", "agenda__number")),
    *("case__classification", "issued_by__name", "issued_by__username", "signed_by__name"),
    "signed_by__username",
)


@dataclass
class DispatchLine:
    """One document of a case, its addressee, how and when it left, and who received it when."""

    document: Any
    addressee: str
    received: list[tuple[str, dt.datetime]] = field(default_factory=list)
    sent: PaperEvent | None = None

    @property
    def case(self) -> Case:
        found: Case = self.document.case
        return found

    @property
    def is_shown(self) -> bool:
        return not getattr(self.document, "is_withheld", False)

    @property
    def signer(self) -> str:
        """The title of the signer in one line: `a.n. Kepala Dinas, Kepala Bidang`."""
        return ", ".join(self.document.signatory_title.splitlines())

    @property
    def code(self) -> str:
        return str(self.document.classification or self.case.classification)

    @property
    def sent_on(self) -> dt.date | None:
        """The day on which it left; without a record, the day on which somebody received it."""
        if self.sent or self.is_on_page:
            return to_day(self.sent.at if self.sent else self.document.dated)
        return to_day(min((moment for _name, moment in self.received), default=None))

    @property
    def way(self) -> str:
        if self.is_on_page:
            return str(DispatchWay.PAGE.label)
        return str(self.sent.get_dispatch_display()) if self.sent else ""

    @property
    def is_on_page(self) -> bool:
        """Whether the applicant's page shows it. Old letters have no record of that."""
        return self.document.kind in LETTERS_TO_APPLICANT and not self.document.is_unsigned

    @property
    def remark(self) -> str:
        """The reason if its number belongs to no letter in force, or the number that replaces it.

        Otherwise what is missing: the signature, or its confirmation.
        """
        if self.document.revoked_at:
            return f"{_('Dicabut')}: {self.document.revoke_reason}"
        if self.document.newer_number is not None:
            return ": ".join(filter(None, [str(_("Diganti")), self.document.newer_number]))
        if self.document.is_unconfirmed:
            return capfirst(self.document.signature_words)
        return str(_("Belum ditandatangani")) if self.document.is_unsigned else ""

    @property
    def receivers(self) -> str:
        return "; ".join(name for name, _moment in self.received)

    @property
    def moments(self) -> str:
        local = (timezone.localtime(moment) for _name, moment in self.received)
        return "; ".join(date_format(moment, "DATETIME_FORMAT") for moment in local)


def _get_documents(register: Register) -> QuerySet[Document]:
    handed_over = Exists(Handover.objects.filter(document=OuterRef("pk")))
    of_case = Document.objects.filter(Q(kind__in=DISPATCHED) | handed_over, case__isnull=False)
    return only(of_case.exclude(state__in=UNSIGNED), OF_DOCUMENT)


def _get_numbered(register: Register) -> QuerySet[Document]:
    numbered = Document.objects.numbered().filter(Q(kind__in=LETTERS) | Q(kind=K.REPORT, version=1))
    newer = Document.objects.filter(replaces=OuterRef("pk")).exclude(number=OuterRef("number"))
    return only(numbered.annotate(newer_number=Subquery(newer.values("number"))), OF_DOCUMENT)


def _get_dispatch_lines(documents: Sequence[Any], register: Register) -> list[DispatchLine]:
    """Return the lines. A disposition without a record was received by the user who took the next step."""
    addressees, received = _list_addressees(documents), _list_handovers(documents)
    sent = {event.document_id: event for event in PaperEvent.objects.filter(IS_SENT, document__in=documents)}
    lines = [
        DispatchLine(d, addressees[d.kind, d.source_pk], received[d.pk], sent.get(d.pk)) for d in documents
    ]
    waiting: dict[Any, list[Event]] = {line.document.case_id: [] for line in lines if not line.received}
    events = Event.objects.standing().filter(case__in=waiting, verb__in=TAKEN_ON)
    for event in events.select_related("by").order_by("pk"):
        waiting[event.case_id].append(event)
    for line in lines:
        if line.document.kind == K.DISPOSITION and not line.received:
            later = (e for e in waiting[line.document.case_id] if e.happened_at >= line.document.issued_at)
            if taken := next(later, None):
                line.received.append((f"{taken.by}, {taken.title}", taken.happened_at))
    return lines


def _list_handovers(documents: Sequence[Document]) -> dict[Any, list[tuple[str, dt.datetime]]]:
    received = defaultdict(list)
    for handover in Handover.objects.filter(document__in=documents).order_by("pk"):
        received[handover.document_id].append((handover.receiver, handover.received_at))
    return received


def _list_addressees(documents: Iterable[Document]) -> dict[tuple[str, int], str]:
    """Return the addressee of each document by its kind and source. Costs a query for each kind."""
    head, keys = get_words().division_head, defaultdict(list)
    addressees = {}
    for document in documents:
        keys[document.kind].append(document.source_pk)
        if document.case:
            addressees[document.kind, document.source_pk] = (
                get_words().head if document.kind == K.REPORT else person_of(document.case)
            )
    for sheet in Disposition.objects.filter(pk__in=keys[K.DISPOSITION]).select_related("division"):
        divisions = [str(sheet.division), *sheet.copies]
        addressees[K.DISPOSITION, sheet.pk] = "; ".join(f"{head} {name}" for name in divisions)
    for named in Assignment.objects.filter(pk__in=keys[K.ASSIGNMENT]).select_related("officer"):
        addressees[K.ASSIGNMENT, named.pk] = str(named.officer)
    for opinion in Opinion.objects.filter(pk__in=keys[K.OPINION_REQUEST]):
        addressees[K.OPINION_REQUEST, opinion.pk] = opinion.agency
    for reminder in OpinionReminder.objects.filter(pk__in=keys[K.OPINION_REMINDER]).select_related("opinion"):
        addressees[K.OPINION_REMINDER, reminder.pk] = reminder.opinion.agency
    for transfer in Transfer.objects.filter(pk__in=keys[K.TRANSFER]):
        addressees[K.TRANSFER, transfer.pk] = transfer.institution
    for meeting in Meeting.objects.filter(pk__in=keys[K.INVITATION]):
        addressees[K.INVITATION, meeting.pk] = "; ".join(meeting.guests)
    return addressees


def _unless_withheld(get_value: Callable[[DispatchLine], Value]) -> Callable[[DispatchLine], Value]:
    return lambda line: get_value(line) if line.is_shown else None


def _summarise_numbers(lines: Sequence[DispatchLine], register: Register) -> dict[str, Any]:
    """Return a note on the numbers that wait for their reports, and the last seal of the record."""
    begins, ends = midnight(register.since), midnight(register.until + dt.timedelta(days=1))
    reserved = ReportNumber.objects.filter(taken_at__gte=begins, taken_at__lt=ends, taken_at__lte=register.at)
    issued = Document.objects.filter(case=OuterRef("case"), kind=K.REPORT)
    numbers = list(reserved.exclude(Exists(issued)).order_by("taken_at").values_list("number", flat=True))
    notes = [f"Nomor yang disediakan untuk laporan yang belum diterima: {', '.join(numbers)}."]
    return {"notes": notes if numbers else [], "seal": get_latest_seal(register.at)}


OUTGOING = Book(
    kind=Register.Kind.OUTGOING,
    title="Buku Agenda Surat Keluar",
    row_name=_("nomor surat"),
    model=Document,
    moment="numbered",
    alias={"numbered": NUMBERED},
    order=("numbered", "pk"),
    columns=(
        Column(_("Tanggal surat"), lambda line: to_day(line.document.dated), 17),
        Column(_("Nomor surat"), lambda line: line.document.number, 26),
        Column(_("Kode klasifikasi"), _unless_withheld(lambda line: line.code), 13),
        Column(_("Jenis naskah"), lambda line: line.document.get_kind_display(), 18),
        Column(CODE, _unless_withheld(lambda line: line.case.code), 14, Place.FILE),
        Column(_("Tujuan"), _unless_withheld(lambda line: line.addressee), 26),
        Column(
            _("Perihal"), lambda line: line.case.subject if line.is_shown else NOT_SHOWN, 30, is_link=True
        ),
        Column(_("Penanda tangan"), lambda line: str(line.document.signatory or ""), 20, Place.PAGE),
        Column(
            _("Penanda tangan"),
            lambda line: line.signer,
            24,
            Place.PRINT | Place.FILE,
        ),
        Column(_("Cara kirim"), lambda line: line.way, 13),
        Column(_("Tanggal kirim"), lambda line: line.sent_on, 17),
        Column(_("Keterangan"), _unless_withheld(lambda line: line.remark), 18),
    ),
    get_rows=_get_numbered,
    get_lines=_get_dispatch_lines,
    summarise=_summarise_numbers,
    get_url=lambda line: reverse("case", args=[line.case.code]) if line.is_shown else "",
    is_numbered=True,
)

EXPEDITION = Book(
    kind=Register.Kind.EXPEDITION,
    title="Buku Ekspedisi",
    row_name=_("naskah"),
    model=Document,
    moment="issued_at",
    order=("issued_at", "pk"),
    columns=(
        Column(_("Tanggal kirim"), lambda line: line.sent_on or to_day(line.document.dated), 17),
        Column(_("Naskah"), lambda line: line.document.get_kind_display(), 20),
        Column(_("Nomor naskah"), lambda line: line.document.number, 26),
        Column(AGENDA, lambda line: number_of(line.document.case), 10),
        Column(CODE, lambda line: line.document.case.code, 14, Place.FILE),
        Column(_("Perihal"), lambda line: line.document.case.subject, 34, is_link=True),
        Column(
            _("Dari"),
            lambda line: line.signer,
            28,
            Place.PRINT | Place.FILE,
        ),
        Column(_("Tujuan"), lambda line: line.addressee, 30),
        Column(_("Diterima"), lambda line: line.moments, 20),
        Column(_("Penerima"), lambda line: line.receivers, 28),
        INITIALS,
    ),
    get_rows=_get_documents,
    get_lines=_get_dispatch_lines,
    get_url=lambda line: reverse("handover", args=[line.document.pk]),
)
