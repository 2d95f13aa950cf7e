"""Statistics of one period as CSV, in the form that Excel opens in an Indonesian office."""

import csv
import io
from collections.abc import Iterator

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from reports.statistics import Statistics

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters that make a spreadsheet compute a cell."""

type Row = tuple[str, str, str | float | None, str, int | None]
"""Section, name, value, unit, number of measurements."""


def to_csv(statistics: Statistics) -> bytes:
    """Return the statistics as UTF-8 with byte order mark, semicolons, decimal commas, Indonesian headings.

    Values and counts that are suppressed for privacy are empty.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    with translation.override("id"):
        writer.writerow([_("Bagian"), _("Keterangan"), _("Nilai"), _("Satuan"), _("Banyaknya data")])
        writer.writerows([_cell(value) for value in row] for row in _rows(statistics))
    return text.getvalue().encode("utf-8-sig")


def _rows(statistics: Statistics) -> Iterator[Row]:
    if cached := statistics.cached:
        section, computed_at = _("Periode"), timezone.localtime(cached.computed_at)
        yield section, _("Nama"), cached.period.title, "", None
        yield section, _("Dari tanggal"), cached.period.since.isoformat(), "", None
        yield section, _("Sampai tanggal"), cached.period.until.isoformat(), "", None
        yield section, _("Dihitung pada"), f"{computed_at:%Y-%m-%d %H:%M}", "WIB", None
    for figure in statistics.summary:
        yield _("Ringkasan"), figure.label, figure.value, figure.unit, figure.n
    if survey := statistics.survey:
        name = _("Indeks Kepuasan Masyarakat, %(period)s") % {"period": survey.period.title}
        yield _("Ringkasan"), name, float(survey.result.index), "", survey.result.n
    for wait in statistics.waits:
        section, name = _("Waktu tunggu"), f"{wait.step.number}. {wait.title}"
        for figure in (wait.median, wait.p90):
            yield section, f"{name}: {figure.label}", figure.value, figure.unit, figure.n
        if wait.target is not None:
            yield section, f"{name}: {_('target')}", wait.target, _("jam kerja"), None
    for chart in statistics.arrivals:
        for figure in chart.rows:
            yield chart.title, figure.label, figure.value, "", None


def _cell(value: str | float | None) -> str:
    """Format one cell. An apostrophe marks text that a spreadsheet would take for a formula."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")
