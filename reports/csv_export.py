"""Statistics of one period as CSV, in the form that Excel opens in an Indonesian office."""

import io
from collections.abc import Iterator
from operator import itemgetter

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kit.table import Column, write_csv
from office.words import get_words
from reports.statistics import Statistics

type Row = tuple[str, str, str | float | None, str, int | None]
"""Section, name, value, unit, number of measurements."""


def to_csv(statistics: Statistics) -> bytes:
    """Return the statistics as UTF-8 with byte order mark, semicolons, decimal commas, Indonesian headings.

    Values and counts that are suppressed for privacy are empty.
    """
    file = io.BytesIO()
    with translation.override("id"):
        headings = _("Bagian"), _("Keterangan"), _("Nilai"), _("Satuan"), _("Banyaknya data")
        columns = [Column(heading, itemgetter(number)) for number, heading in enumerate(headings)]
        write_csv(file, columns, list_rows(statistics))
    return file.getvalue()


def list_rows(statistics: Statistics) -> Iterator[Row]:
    """Yield the statistics row by row, for files and the API."""
    if cached := statistics.cached:
        section, computed_at = _("Periode"), timezone.localtime(cached.computed_at)
        yield section, _("Nama"), cached.period.title, "", None
        yield section, _("Dari tanggal"), cached.period.since.isoformat(), "", None
        yield section, _("Sampai tanggal"), cached.period.until.isoformat(), "", None
        yield section, _("Dihitung pada"), f"{computed_at:%Y-%m-%d %H:%M}", get_words().zone, None
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
