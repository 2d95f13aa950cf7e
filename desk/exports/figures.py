"""The dashboard as a file: one line for each figure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from consultations.workflow import Refused
from desk.charts import duration_chart
from desk.dashboard import get_dashboard
from desk.dashboard_figures import Dashboard
from desk.exports.table import Table
from desk.filters import DashboardForm
from office.models import Office, User
from office.words import get_words
from reports.spreadsheet import Column, Value


@dataclass(frozen=True)
class Line:
    """One figure with the part of the dashboard that it belongs to."""

    section: str
    name: str
    value: Value
    unit: str = ""


def _list_figures(user: User, params: QueryDict) -> Iterable[Line]:
    chosen = DashboardForm(params, user)
    found = get_dashboard(user, Office.load(), chosen.period, chosen.chosen, is_whole=chosen.is_whole)
    if found is None:
        raise Refused(_("Angka dasbor sedang dihitung. Coba lagi beberapa menit lagi."))
    return _lines(found)


def _lines(found: Dashboard) -> Iterator[Line]:
    cases, days, minutes = _("permohonan"), _("hari kerja"), _("menit")
    section = _("Ringkasan")
    yield Line(section, _("Dari tanggal"), found.since)
    yield Line(section, _("Sampai tanggal"), found.until)
    yield Line(section, _("Dihitung pada"), found.computed_at, get_words().zone)
    yield Line(section, _("Berjalan"), found.count.open, cases)
    yield Line(section, _("Terlambat sekarang"), found.count.late, cases)
    yield Line(section, pgettext("permohonan", "Masuk"), found.flow.arrived, cases)
    yield Line(section, _("Selesai"), found.flow.closed, cases)
    if found.days.n:
        yield Line(section, _("Permohonan sampai laporan, median"), found.days.median, days)
    yield Line(section, _("Konsultasi"), found.minutes.n, pgettext("satuan", "konsultasi"))
    yield Line(section, _("Sesuai standar %(minutes)s menit") % {"minutes": found.promised}, found.within,
               pgettext("satuan", "konsultasi"))  # fmt: skip
    if found.minutes.n:
        yield Line(section, _("Lama konsultasi, median"), found.minutes.median, minutes)
    for waiting in found.waiting:
        section, name = _("Menunggu di tiap langkah"), f"{waiting.step.title} ({waiting.step.actor.label})"
        yield Line(section, name, waiting.count.open, cases)
        yield Line(section, f"{name}, {_('terlambat')}", waiting.count.late, cases)
    for part in found.parts:
        name = _("Masuk dan selesai, mulai %(day)s") % {"day": part.since.isoformat()}
        yield Line(pgettext("permohonan", "Masuk"), name, part.arrived, cases)
        yield Line(_("Selesai"), name, part.closed, cases)
    if found.minutes.n:
        for bar in duration_chart(found).bars:
            yield Line(_("Lama konsultasi"), f"{bar.label} {minutes}", bar.count)
    for row in found.divisions:
        section = row.division.name
        yield Line(section, pgettext("permohonan", "Masuk"), row.arrived, cases)
        yield Line(section, _("Berjalan"), row.count.open, cases)
        yield Line(section, _("Terlambat"), row.count.late, cases)
        yield Line(section, _("Permohonan sampai laporan, median"), row.days.median, days)
    for officer, count in found.officers:
        yield Line(_("Beban petugas"), str(officer), count.open, cases)
        yield Line(_("Beban petugas"), f"{officer}, {_('terlambat')}", count.late, cases)
    for quarter in found.index:
        yield Line(_("Kepuasan masyarakat (IKM), seluruh kantor"), quarter.period.title, quarter.index)


DASHBOARD = Table(
    "dasbor",
    gettext_lazy("Dasbor"),
    ("dashboard",),
    (
        Column(gettext_lazy("Bagian"), attrgetter("section"), 40),
        Column(gettext_lazy("Keterangan"), attrgetter("name"), 50),
        Column(gettext_lazy("Nilai"), attrgetter("value")),
        Column(gettext_lazy("Satuan"), attrgetter("unit")),
    ),
    _list_figures,
)
