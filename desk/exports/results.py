"""The report summary (Rekap Laporan) and the answers of the survey as files."""

from collections.abc import Callable, Iterable
from itertools import batched
from operator import attrgetter

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consultations.pagination import only
from consultations.workflow import Refused
from desk.exports import table as t
from desk.exports.table import ROWS_AT_ONCE, Table, read
from office.models import User
from reports.contexts.recap import FIELDS, Line, list_lines
from reports.contexts.registers import list_accepted_reports
from reports.forms.period import RegisterForm
from reports.models import Register
from reports.registers import scoped_register, scopes
from reports.spreadsheet import Column
from surveys.elements import ELEMENTS
from surveys.overview import get_overview
from surveys.queries import list_answers
from surveys.services import NOT_OFFERED

AGENDA = tuple(f"case__{field}" for field in t.AGENDA)


def _list_recap(user: User, params: QueryDict) -> Iterable[Line]:
    kind = Register.Kind.RECAP
    if not (mine := scopes(kind, user)):
        raise PermissionDenied
    form = RegisterForm(params, scopes=mine)
    if not form.is_valid():
        raise Refused(_("Pilih tanggal awal, tanggal akhir, dan bidang dari daftar."))
    register = scoped_register(kind, by=user, **form.period)
    reports = read(only(list_accepted_reports(register), (*FIELDS, "case__code", *AGENDA)))
    return (
        line for batch in batched(reports, ROWS_AT_ONCE, strict=False) for line in list_lines(batch, register)
    )


RECAP = Table(
    "rekap-laporan",
    _("Rekap laporan"),
    ("register", "rekap-laporan"),
    (
        Column(_("Nomor laporan"), attrgetter("report.number"), 28),
        Column(t.NUMBER_HEADING, lambda line: t.number(line.report.case)),
        Column(t.CODE_HEADING, attrgetter("report.case.code")),
        Column(_("Diterima"), attrgetter("report.accepted_at")),
        Column(t.SUBJECT_HEADING, attrgetter("report.case.subject"), 50),
        Column(t.APPLICANT_HEADING, attrgetter("applicant"), 28),
        Column(t.ORGANISATION_HEADING, attrgetter("organisation"), 28),
        Column(t.DIVISION_HEADING, attrgetter("division"), 32),
        Column(t.OFFICER_HEADING, lambda line: str(line.report.case.officer), 28),
        Column(_("Waktu pelayanan (menit)"), attrgetter("minutes")),
        Column(_("Rekomendasi"), attrgetter("followed_up.recommended")),
        Column(_("Rekomendasi selesai"), attrgetter("followed_up.done")),
        Column(_("Rekomendasi lewat batas waktu"), attrgetter("followed_up.late")),
    ),
    _list_recap,
)


def _list_answers(user: User, params: QueryDict) -> Iterable[str]:
    page = get_overview(user, params.get("since"), params.get("until"))
    if page.period is None or page.result is None:
        raise Refused(NOT_OFFERED)
    if page.result.suppressed_because:
        raise Refused(page.result.suppressed_because)
    return list_answers(page.period)


def _digit(position: int) -> Callable[[str], int]:
    return lambda answer: int(answer[position])


SURVEY = Table(
    "survei",
    _("Jawaban survei"),
    ("surveys",),
    [
        Column(format_lazy("{} {}", element.code, element.name), _digit(position), 12)
        for position, element in enumerate(ELEMENTS.values())
    ],
    _list_answers,
)
