"""The figures of a period as a sheet (CSV) that Excel opens with a double click in an Indonesian office."""

import csv
import io
from collections.abc import Iterator

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from reports import charts
from reports.kept_figures import Kept
from surveys.models import Publication

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With these a cell begins that a spreadsheet would compute."""

type Line = tuple[str, str, float | None, str, int | None]
"""Part, name, value, unit, number of measurements."""


def sheet(kept: Kept, published: Publication | None) -> bytes:
    """UTF-8 with a mark that says so, semicolons, decimal comma, headings in Indonesian.

    A value or a number that is not published, because it stands for too few cases, is empty.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";")
    with translation.override("id"):
        writer.writerow([_("Bagian"), _("Keterangan"), _("Nilai"), _("Satuan"), _("Banyaknya data")])
        writer.writerows([_cell(value) for value in line] for line in _about(kept))
        writer.writerows([_cell(value) for value in line] for line in _lines(kept, published))
    return written.getvalue().encode("utf-8-sig")


def _about(kept: Kept) -> Iterator[tuple[str, ...]]:
    part, period = _("Periode"), kept.period
    computed = timezone.localtime(kept.computed_at)
    yield part, _("Nama"), period.title, "", ""
    yield part, _("Dari tanggal"), period.since.isoformat(), "", ""
    yield part, _("Sampai tanggal"), period.until.isoformat(), "", ""
    yield part, _("Dihitung pada"), f"{computed:%Y-%m-%d %H:%M}", "WIB", ""


def _lines(kept: Kept, published: Publication | None) -> Iterator[Line]:
    figures, hours = kept.figures, _("jam kerja")
    for figure in charts.summary(figures):
        yield _("Ringkasan"), figure.label, figure.value, figure.unit, figure.n
    if published:
        name = _("Indeks Kepuasan Masyarakat, %(period)s") % {"period": published.period.title}
        yield _("Ringkasan"), name, float(published.result.index), "", published.result.n
    for wait in charts.waits(figures):
        part, name, n = _("Waktu tunggu"), f"{wait.step.number}. {wait.title}", wait.n
        yield part, f"{name}: {_('median')}", wait.median, hours, n
        yield part, f"{name}: {_('persentil 90')}", wait.p90, hours, n
        if wait.target is not None:
            yield part, f"{name}: {_('target')}", wait.target, hours, None
    for chart in charts.arrivals(figures):
        for figure in chart.rows:
            yield chart.title, figure.label, figure.value, "", None


def _cell(value: str | float | None) -> str:
    """A value as it is written; text that a spreadsheet would take for a formula is marked as text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")
