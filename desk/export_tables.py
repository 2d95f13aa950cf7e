"""The lists that can be exported: the columns and rows of each, and all of them by their slug."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import batched
from operator import attrgetter
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, Model, QuerySet
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext as _, gettext_lazy, pgettext, pgettext_lazy

from consultations.audit.models import AuditEntry
from consultations.audit.views import FIELDS as OF_AUDIT_ENTRY, AuditFilter
from consultations.enums import ComplaintKind
from consultations.models import Case
from consultations.queries import of_visible_case
from desk.case_list import CaseFilter
from desk.charts import duration_chart
from desk.dashboard import Dashboard, get_dashboard
from desk.views.lists import DashboardForm, filter_book
from documents.registers.book import (
    AGENDA,
    APPLICANT,
    BOOKS,
    CODE,
    ORGANISATION,
    Book,
    name_of,
    number_of,
    organisation_of,
)
from documents.registers.letters import AGENDA_BOOK, AgendaLine
from documents.registers.printing import RegisterForm, scoped_register, scopes
from documents.types import TYPES_BY_KIND
from kit.pagination import only
from kit.refusal import Refused
from kit.table import Column, Place, Table, Value
from office import rights
from office.models import Office, User
from office.words import get_words, with_words_lazy, word
from reports.follow_ups import FollowUpFilter
from reports.models import FollowUp
from reports.surveys.queries import find_period, get_main_service, get_result, list_answers
from reports.surveys.regulation import CODES, ELEMENTS, Service
from reports.surveys.services import NOT_OFFERED

MAX_ROWS = 50_000
"""Rows of one file. A longer list is cut, and file and page say so."""

ROWS_AT_ONCE = 2_000
"""Rows read in one batch."""


@dataclass(frozen=True, kw_only=True)
class ListExport(Table):
    """A list that can be exported. `slug` is its name in URLs, in file names and in the log.

    `list_rows` returns the rows that a user may see, as the filters `params` of the page choose them. It
    raises PermissionDenied if the user may not export the list, and Refused if the filters are not valid.
    `page` is the URL name of the page with the list.
    """

    slug: str
    page: tuple[str, ...]
    list_rows: Callable[[User, QueryDict], Iterable[Any]]


def read[M: Model](rows: QuerySet[M]) -> Iterator[M]:
    """Yield up to one more than MAX_ROWS rows, read in batches by their keys.

    Memory grows with the keys only, also behind a pooler, which allows no cursor. No query stays open while
    the progress is stored: SQLite would refuse that write after one of another process.
    """
    keys = list(rows.values_list("pk", flat=True)[: MAX_ROWS + 1])
    for batch in batched(keys, ROWS_AT_ONCE, strict=False):
        found = {row.pk: row for row in rows.filter(pk__in=batch)}
        yield from (found[key] for key in batch if key in found)


NUMBER_OF_CASE = ("agenda__year", "agenda__number")
SUBJECT, DIVISION, OFFICER = gettext_lazy("Perihal"), word("division_name"), gettext_lazy("Petugas")
OF_CASE = (
    *(*NUMBER_OF_CASE, *APPLICANT, "code", "kind", "channel", "submitted_at", "subject", "state", "due_at"),
    "passed_to",
    "merged_into",
    *("closed_at", "complaint_kind", "answer_due", "report_number", "division__name", "officer__name"),
    *("officer__username", "forwarded_by"),
)


def _list_cases(user: User, params: QueryDict) -> Iterable[Case]:
    return read(only(CaseFilter(params, user).qs.order_by("-pk"), OF_CASE))


CASES = ListExport(
    slug="permohonan",
    title=gettext_lazy("Permohonan"),
    page=("cases",),
    columns=(
        Column(AGENDA, number_of),
        Column(CODE, attrgetter("code")),
        Column(gettext_lazy("Jenis"), Case.get_kind_display),
        Column(gettext_lazy("Cara masuk"), Case.get_channel_display, 22),
        Column(pgettext_lazy("permohonan", "Masuk"), attrgetter("submitted_at")),
        Column(gettext_lazy("Pemohon"), name_of, 28),
        Column(ORGANISATION, organisation_of, 28),
        Column(SUBJECT, attrgetter("subject"), 50),
        Column(gettext_lazy("Status"), Case.get_state_display, 22),
        Column(gettext_lazy("Batas waktu"), lambda case: case.due_at if case.is_open else None),
        Column(DIVISION, lambda case: str(case.division or ""), 32),
        Column(OFFICER, lambda case: str(case.officer or ""), 28),
        Column(
            gettext_lazy("Klasifikasi pengaduan"),
            lambda case: str(ComplaintKind(case.complaint_kind).label) if case.complaint_kind else "",
            28,
        ),
        Column(gettext_lazy("Pengaduan selesai paling lambat"), attrgetter("answer_due")),
        Column(gettext_lazy("Nomor laporan"), attrgetter("report_number"), 28),
        Column(gettext_lazy("Selesai"), attrgetter("closed_at")),
        Column(gettext_lazy("Diteruskan oleh"), attrgetter("forwarded_by"), 24),
    ),
    list_rows=_list_cases,
)


def _list_agenda(user: User, params: QueryDict) -> Iterable[AgendaLine]:
    live, voided = filter_book(user, params)
    lines = (AgendaLine(case.agenda, case) for case in read(live.qs))
    voided_lines = (AgendaLine(entry, entry) for entry in read(voided.qs))
    return merge(lines, voided_lines, key=attrgetter("number"), reverse=True)


AGENDA_LIST = ListExport(
    slug="agenda",
    title=gettext_lazy("Buku agenda"),
    page=("agenda",),
    columns=AGENDA_BOOK.columns_on(Place.FILE),
    list_rows=_list_agenda,
)

OF_FOLLOW_UP = (
    *("text", "responsible", "due", "outcome", "done_at", "done_title"),
    *(f"case__{field}" for field in (*NUMBER_OF_CASE, "code", "subject", "division__name")),
    *("case__officer__name", "case__officer__username"),
)


def _list_follow_ups(user: User, params: QueryDict) -> Iterable[FollowUp]:
    chosen = FollowUpFilter(params, FollowUp.objects.filter(of_visible_case(user)))
    is_done = chosen.choice == chosen.Choice.DONE
    order = ("-pk",) if is_done else (F("due").asc(nulls_last=True), "pk")
    return read(only(chosen.qs, OF_FOLLOW_UP).order_by(*order))


FOLLOW_UPS = ListExport(
    slug="tindak-lanjut",
    title=gettext_lazy("Tindak lanjut"),
    page=("follow_ups",),
    columns=(
        Column(AGENDA, lambda row: number_of(row.case)),
        Column(CODE, attrgetter("case.code")),
        Column(SUBJECT, attrgetter("case.subject"), 50),
        Column(gettext_lazy("Rekomendasi"), attrgetter("text"), 60),
        Column(gettext_lazy("Penanggung jawab"), attrgetter("responsible"), 28),
        Column(gettext_lazy("Paling lambat"), attrgetter("due")),
        Column(gettext_lazy("Selesai"), attrgetter("done_at")),
        Column(gettext_lazy("Hasil"), attrgetter("outcome"), 60),
        Column(gettext_lazy("Dicatat selaku"), attrgetter("done_title"), 28),
        Column(DIVISION, lambda row: str(row.case.division or ""), 32),
        Column(OFFICER, lambda row: str(row.case.officer or ""), 28),
    ),
    list_rows=_list_follow_ups,
)


def _export_register(book: Book) -> ListExport:

    def list_lines(user: User, params: QueryDict) -> Iterable[Any]:
        if not (mine := scopes(book.kind, user)):
            raise PermissionDenied
        form = RegisterForm(params, scopes=mine)
        if not form.is_valid():
            raise Refused(
                with_words_lazy(
                    gettext_lazy("Pilih tanggal awal, tanggal akhir, dan %(division)s dari daftar.")
                )
            )
        register = scoped_register(book.kind, by=user, **form.period)
        batches = batched(read(book.list_rows(register)), ROWS_AT_ONCE, strict=False)
        return (line for batch in batches for line in book.get_lines(batch, register))

    slug = TYPES_BY_KIND[book.kind].slug
    columns = book.columns_on(Place.FILE)
    return ListExport(
        slug=slug, title=book.kind.label, page=("register", slug), columns=columns, list_rows=list_lines
    )


REGISTERS = tuple(map(_export_register, BOOKS.values()))


def _list_answers(user: User, params: QueryDict) -> Iterable[str]:
    rights.READ_SURVEYS.check(user)
    period, _offered = find_period(params.get("since"), params.get("until"))
    if period is None:
        raise Refused(NOT_OFFERED)
    service = params.get("layanan", "")
    service = service if service in Service else get_main_service(period)
    if sentence := get_result(period, service).suppressed_because:
        raise Refused(sentence)
    return list_answers(period, service)


def _digit(position: int) -> Callable[[str], int]:
    return lambda answer: int(answer[position])


SURVEY = ListExport(
    slug="survei",
    title=gettext_lazy("Jawaban survei"),
    page=("surveys",),
    columns=[
        Column(format_lazy("{} {}", element.number, element.name), _digit(CODES.index(code)), 12)
        for code, element in ELEMENTS.items()
    ],
    list_rows=_list_answers,
)


@dataclass(frozen=True)
class NamedFigure:
    """One figure of the dashboard with the part that it belongs to."""

    section: str
    name: str
    value: Value
    unit: str = ""


def _list_figures(user: User, params: QueryDict) -> Iterable[NamedFigure]:
    chosen = DashboardForm(params, user)
    found = get_dashboard(user, Office.load(), chosen.period, chosen.chosen, is_whole=chosen.is_whole)
    if found is None:
        raise Refused(_("Angka dasbor sedang dihitung. Coba lagi beberapa menit lagi."))
    return _name_figures(found)


def _name_figures(found: Dashboard) -> Iterator[NamedFigure]:
    cases, days, minutes = _("permohonan"), _("hari kerja"), _("menit")
    section = _("Ringkasan")
    yield NamedFigure(section, _("Dari tanggal"), found.since)
    yield NamedFigure(section, _("Sampai tanggal"), found.until)
    yield NamedFigure(section, _("Dihitung pada"), found.computed_at, get_words().zone)
    yield NamedFigure(section, _("Berjalan"), found.count.open, cases)
    yield NamedFigure(section, _("Terlambat sekarang"), found.count.late, cases)
    yield NamedFigure(section, pgettext("permohonan", "Masuk"), found.flow.arrived, cases)
    yield NamedFigure(section, _("Selesai"), found.flow.closed, cases)
    if found.days.n:
        yield NamedFigure(section, _("Permohonan sampai laporan, median"), found.days.median, days)
    yield NamedFigure(section, _("Konsultasi"), found.minutes.n, pgettext("satuan", "konsultasi"))
    within = _("Sesuai standar %(minutes)s menit") % {"minutes": found.promised}
    yield NamedFigure(section, within, found.within, pgettext("satuan", "konsultasi"))
    if found.minutes.n:
        yield NamedFigure(section, _("Lama konsultasi, median"), found.minutes.median, minutes)
    for waiting in found.waiting:
        section, name = _("Menunggu di tiap langkah"), f"{waiting.step.title} ({waiting.step.actor.label})"
        yield NamedFigure(section, name, waiting.count.open, cases)
        yield NamedFigure(section, f"{name}, {_('terlambat')}", waiting.count.late, cases)
    for part in found.parts:
        name = _("Masuk dan selesai, mulai %(day)s") % {"day": part.since.isoformat()}
        yield NamedFigure(pgettext("permohonan", "Masuk"), name, part.arrived, cases)
        yield NamedFigure(_("Selesai"), name, part.closed, cases)
    if found.minutes.n:
        for bar in duration_chart(found)["bars"]:
            yield NamedFigure(_("Lama konsultasi"), f"{bar['label']} {minutes}", bar["count"])
    for row in found.divisions:
        section = row.division.name
        yield NamedFigure(section, pgettext("permohonan", "Masuk"), row.arrived, cases)
        yield NamedFigure(section, _("Berjalan"), row.count.open, cases)
        yield NamedFigure(section, _("Terlambat"), row.count.late, cases)
        yield NamedFigure(section, _("Permohonan sampai laporan, median"), row.days.median, days)
    for officer, count in found.officers:
        yield NamedFigure(_("Beban petugas"), str(officer), count.open, cases)
        yield NamedFigure(_("Beban petugas"), f"{officer}, {_('terlambat')}", count.late, cases)
    for quarter in found.index:
        yield NamedFigure(_("Kepuasan masyarakat (IKM), seluruh kantor"), quarter.period.title, quarter.index)


DASHBOARD = ListExport(
    slug="dasbor",
    title=gettext_lazy("Dasbor"),
    page=("dashboard",),
    columns=(
        Column(gettext_lazy("Bagian"), attrgetter("section"), 40),
        Column(gettext_lazy("Keterangan"), attrgetter("name"), 50),
        Column(gettext_lazy("Nilai"), attrgetter("value")),
        Column(gettext_lazy("Satuan"), attrgetter("unit")),
    ),
    list_rows=_list_figures,
)


def _list_audit_log(user: User, params: QueryDict) -> Iterable[AuditEntry]:
    rights.READ_AUDIT_LOG.check(user)
    return read(only(AuditFilter(params, user).qs, OF_AUDIT_ENTRY).order_by("-pk"))


AUDIT_LOG = ListExport(
    slug="catatan-akses",
    title=gettext_lazy("Catatan akses"),
    page=("access_log",),
    columns=(
        Column(gettext_lazy("Waktu"), attrgetter("at"), 20),
        Column(gettext_lazy("Nama"), lambda entry: str(entry.user or ""), 28),
        Column(gettext_lazy("Selaku"), attrgetter("acted_as"), 32),
        Column(gettext_lazy("Perbuatan"), AuditEntry.get_act_display, 28),
        Column(gettext_lazy("Yang dibuka atau diubah"), attrgetter("target"), 50),
        Column(CODE, lambda entry: entry.case.code if entry.case else "", 14),
        Column(gettext_lazy("Jaringan"), attrgetter("address"), 20),
    ),
    list_rows=_list_audit_log,
)

TABLES = {
    table.slug: table for table in (CASES, AGENDA_LIST, FOLLOW_UPS, *REGISTERS, SURVEY, DASHBOARD, AUDIT_LOG)
}
