"""The list of cases, the agenda book and the follow-ups as files: the rows of their pages, all of them."""

from collections.abc import Iterable
from heapq import merge
from operator import attrgetter

from django.db.models import F
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from consultations.enums import ComplaintKind
from consultations.models import Case
from consultations.pagination import only
from consultations.queries import of_visible_case
from desk.agenda_book import Line, list_live_cases, list_voided_entries
from desk.exports import table as t
from desk.exports.table import Table, read
from desk.filters import AgendaFilter, CaseFilter
from office.models import User
from reports.contexts.registers import APPLICANT, name_of, organisation_of
from reports.filters import FollowUpFilter
from reports.models import FollowUp
from reports.spreadsheet import Column

OF_CASE = ("code", "kind", "channel", "submitted_at", "subject", "state", "due_at", "closed_at")
MORE_OF_CASE = ("complaint_kind", "answer_due", "report_number", "division__name", "officer__name")
OF_FOLLOW_UP = ("text", "responsible", "due", "outcome", "done_at", "done_title")


def _list_cases(user: User, params: QueryDict) -> Iterable[Case]:
    cases = CaseFilter(params, user).qs.order_by("-pk")
    return read(only(cases, (*t.AGENDA, *APPLICANT, *OF_CASE, *MORE_OF_CASE, "officer__username")))


CASES = Table(
    "permohonan",
    gettext_lazy("Permohonan"),
    ("cases",),
    (
        Column(t.NUMBER_HEADING, t.number),
        Column(t.CODE_HEADING, attrgetter("code")),
        Column(gettext_lazy("Jenis"), Case.get_kind_display),
        Column(gettext_lazy("Cara masuk"), Case.get_channel_display, 22),
        Column(pgettext_lazy("permohonan", "Masuk"), attrgetter("submitted_at")),
        Column(t.APPLICANT_HEADING, name_of, 28),
        Column(t.ORGANISATION_HEADING, organisation_of, 28),
        Column(t.SUBJECT_HEADING, attrgetter("subject"), 50),
        Column(gettext_lazy("Status"), Case.get_state_display, 22),
        Column(gettext_lazy("Batas waktu"), lambda case: case.due_at if case.is_open else None),
        Column(t.DIVISION_HEADING, lambda case: str(case.division or ""), 32),
        Column(t.OFFICER_HEADING, lambda case: str(case.officer or ""), 28),
        Column(
            gettext_lazy("Golongan pengaduan"),
            lambda case: str(ComplaintKind(case.complaint_kind).label) if case.complaint_kind else "",
            28,
        ),
        Column(gettext_lazy("Pengaduan selesai paling lambat"), attrgetter("answer_due")),
        Column(gettext_lazy("Nomor laporan"), attrgetter("report_number"), 28),
        Column(gettext_lazy("Selesai"), attrgetter("closed_at")),
    ),
    _list_cases,
)


def _list_agenda(user: User, params: QueryDict) -> Iterable[Line]:
    live = AgendaFilter(params, list_live_cases(user), entry="agenda__")
    voided = AgendaFilter(params, list_voided_entries(user), years=live.years)
    lines = map(Line.of_case, read(live.qs)), map(Line.of_voided, read(voided.qs))
    return merge(*lines, key=attrgetter("number"), reverse=True)


def _remark(line: Line) -> str:
    reason = line.entry.void_reason
    return f"{_('Dibatalkan')}: {reason}" if reason else line.case.get_state_display()


def _forwarded_to(line: Line) -> str:
    return "" if line.entry.void_reason else str(line.case.division or "")


AGENDA = Table(
    "agenda",
    gettext_lazy("Buku agenda"),
    ("agenda",),
    (
        Column(t.NUMBER_HEADING, lambda line: str(line.entry)),
        Column(t.CODE_HEADING, attrgetter("case.code")),
        Column(gettext_lazy("Diterima"), attrgetter("case.submitted_at")),
        Column(gettext_lazy("Pengirim"), lambda line: name_of(line.case), 28),
        Column(t.ORGANISATION_HEADING, lambda line: organisation_of(line.case), 28),
        Column(gettext_lazy("Nomor surat"), attrgetter("case.letter_number"), 24),
        Column(gettext_lazy("Tanggal surat"), attrgetter("case.letter_date")),
        Column(t.SUBJECT_HEADING, attrgetter("case.subject"), 50),
        Column(gettext_lazy("Berkas"), attrgetter("files"), 8),
        Column(gettext_lazy("Diteruskan ke"), _forwarded_to, 32),
        Column(gettext_lazy("Keterangan"), _remark, 32),
    ),
    _list_agenda,
)


def _list_follow_ups(user: User, params: QueryDict) -> Iterable[FollowUp]:
    chosen = FollowUpFilter(params, FollowUp.objects.filter(of_visible_case(user)))
    is_done = chosen.choice == chosen.Choice.DONE
    order = ("-pk",) if is_done else (F("due").asc(nulls_last=True), "pk")
    people = ("division__name", "officer__name", "officer__username")
    of_case = (f"case__{field}" for field in (*t.AGENDA, "code", "subject", *people))
    return read(only(chosen.qs, (*OF_FOLLOW_UP, *of_case)).order_by(*order))


FOLLOW_UPS = Table(
    "tindak-lanjut",
    gettext_lazy("Tindak lanjut"),
    ("follow_ups",),
    (
        Column(t.NUMBER_HEADING, lambda row: t.number(row.case)),
        Column(t.CODE_HEADING, attrgetter("case.code")),
        Column(t.SUBJECT_HEADING, attrgetter("case.subject"), 50),
        Column(gettext_lazy("Rekomendasi"), attrgetter("text"), 60),
        Column(gettext_lazy("Penanggung jawab"), attrgetter("responsible"), 28),
        Column(gettext_lazy("Paling lambat"), attrgetter("due")),
        Column(gettext_lazy("Selesai"), attrgetter("done_at")),
        Column(gettext_lazy("Hasil"), attrgetter("outcome"), 60),
        Column(gettext_lazy("Dicatat selaku"), attrgetter("done_title"), 28),
        Column(t.DIVISION_HEADING, lambda row: str(row.case.division or ""), 32),
        Column(t.OFFICER_HEADING, lambda row: str(row.case.officer or ""), 28),
    ),
    _list_follow_ups,
)
