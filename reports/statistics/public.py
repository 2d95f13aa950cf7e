"""The published statistics of a period: cached, labelled, with small counts suppressed, also as CSV.

Old figures are shown while a task computes new ones.
"""

import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

from django.core.cache import cache
from django.db.models import Min
from django.tasks import task
from django.utils import timezone, translation
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _, pgettext

from consultations.enums import HELP, Channel, Kind, Party, State
from consultations.models import Case, Event, StateTarget
from consultations.workflow import Step
from kit import clock
from kit.disclosure import MIN_GROUP_SIZE, publishable, suppressed
from kit.periods import LAST_TWELVE_MONTHS, Period, list_periods
from kit.table import Column, write_csv
from office.lists import get_step_number, list_published_steps
from office.models.publication import STAGES, list_standard_steps
from office.words import get_words, with_words
from reports.statistics.figures import MEASURED_STEPS, ServiceFigures, Spread, compute_figures, step_key
from reports.surveys.models import PlanItem, Publication
from reports.surveys.queries import get_current_publication, list_plan

FRESH_FOR = dt.timedelta(minutes=15)
"""Maximum age of figures of a running period. After this time a lost task is started again."""

FRESH_FOR_PAST = dt.timedelta(days=1)
"""The same for a period that is over: its cases may still be entered or move on."""

SMALL_OFFICE = 1_000
"""Offices with at most this number of cases compute missing figures in the request (about 0.2 s)."""


@dataclass(frozen=True)
class PeriodChoice:
    """The period of the statistics, and the day of the first event (today if there is none)."""

    period: Period
    first_day: dt.date

    @classmethod
    def of(cls, key: str | None) -> "PeriodChoice | None":
        """Return the choice of a period such as `2026-Q4`, by default the last twelve months.

        Return None for an unknown period and for one before the first event.
        """
        first = Event.objects.aggregate(first=Min("happened_at"))["first"]
        first_day = timezone.localdate(first) if first else clock.today()
        period = Period.of(LAST_TWELVE_MONTHS if key is None else key)
        return cls(period, first_day) if period and period.until >= first_day else None

    @property
    def choices(self) -> list[list[Period]]:
        """Rows of periods to choose from: years, then quarters and months of the chosen year."""
        years, *parts = list_periods(self.period.year, self.first_day)
        twelve_months = Period.of(LAST_TWELVE_MONTHS)
        return [[*([twelve_months] if twelve_months else []), *years], *parts]


@dataclass(frozen=True)
class CachedFigures:
    """Figures of a period, whose last day is the one known at `computed_at`."""

    period: Period
    figures: ServiceFigures
    computed_at: dt.datetime


def get_figures(period: Period) -> CachedFigures | None:
    """Return the cached figures of a period, or None if they are still being computed.

    If they are old or missing, the first process that adds the lock starts a task. The other processes
    return the cached value. In a small office the first process computes missing figures itself.
    """
    found = cache.get_many([_key(period), lock_key(period)])
    cached = _read(period, found.get(_key(period)))
    fresh_for = FRESH_FOR_PAST if period.is_over else FRESH_FOR
    if cached and cached.computed_at > clock.now() - fresh_for:
        return cached
    # Adding an entry that exists would still lock an SQLite database for writing.
    is_locked = lock_key(period) in found
    if is_locked or not cache.add(lock_key(period), True, FRESH_FOR.total_seconds()):
        return cached
    if cached is None and is_small_office():
        return refresh(period)
    refresh_figures.enqueue(period.key)
    return cached


def refresh(period: Period) -> CachedFigures:
    """Compute the figures of a period, cache them without expiry and release the lock."""
    now = clock.now()
    figures = compute_figures(period)
    cache.set(_key(period), {"figures": figures.to_json(), "computed_at": now}, timeout=None)
    cache.delete(lock_key(period))
    return CachedFigures(period, figures, now)


@task()
def refresh_figures(key: str) -> None:
    """Compute the figures of a period again in a worker. Ignores an unknown key."""
    if period := Period.of(key):
        refresh(period)


def lock_key(period: Period) -> str:
    """Return the cache key that marks a period as being computed. It expires after FRESH_FOR."""
    return f"{_key(period)}:lock"


def _key(period: Period) -> str:
    return f"figures:{period.key}"


def _read(period: Period, stored: dict[str, Any] | None) -> CachedFigures | None:
    if stored is None:
        return None
    figures = ServiceFigures.from_json(stored["figures"])
    period_then = Period.of(period.key, today=timezone.localdate(stored["computed_at"]))
    return CachedFigures(period_then, figures, stored["computed_at"]) if figures and period_then else None


def is_small_office() -> bool:
    """Return whether figures can be computed in a request."""
    # Counts at most SMALL_OFFICE + 1 rows. The highest key is no count: a refused request uses one too.
    return Case.objects.order_by("pk").values("pk")[: SMALL_OFFICE + 1].count() <= SMALL_OFFICE


@dataclass(frozen=True)
class Figure:
    """One figure with its label and unit. `value` is None if too few cases would be published.

    `key` names it for other systems and stays the same; it does not depend on the language or the words of
    the office. `n` is the number of measurements, if it may be published. `share` is the length of the bar in
    percent. `instead` is the text in place of a suppressed value.
    """

    key: str
    label: str
    value: float | None
    unit: str = ""
    n: int | None = None
    share: float = 0
    instead: str = ""

    @property
    def text(self) -> str:
        """Value with at most one decimal in the language of the page, e.g. `7,5` or `1.234`."""
        if self.value is None:
            return self.instead or _("belum cukup data")
        rounded = round(self.value, 1)
        return number_format(rounded, 0 if rounded == int(rounded) else 1, force_grouping=True)


@dataclass(frozen=True)
class Breakdown:
    """Figures of one kind with a title, shown as bars. `head` is the heading of the labels.

    `language` is the language of the labels if the office entered them, else empty.
    """

    title: str
    head: str
    rows: list[Figure]
    language: str = ""

    @property
    def shown(self) -> list[Figure]:
        """The rows of the page, without suppressed ones. The sheet has all rows."""
        return [row for row in self.rows if row.value is not None]


@dataclass(frozen=True)
class Wait:
    """The wait for one step in working hours, with the target of the office (None: no target)."""

    key: str
    step: Step
    target: int | None
    median: Figure
    p90: Figure
    count: Figure

    @property
    def title(self) -> str:
        """Title of the published step, or of the act if several acts belong to one step."""
        stage = self.step.number
        published = {step.stage: step.heading for step in reversed(list_standard_steps())}
        return str(self.step.done if stage == 9 else (published or STAGES).get(stage) or self.step.done)

    @property
    def number(self) -> int:
        """Number of the published step that covers it, or of its stage."""
        return get_step_number(self.step.number)


def _measured(key: str, label: str, value: float, unit: str, spread: Spread, share: float = 0) -> Figure:
    """Return a value that was derived from measurements, suppressed if they are few."""
    n = publishable(spread.n)
    return Figure(key, label, value if spread.is_enough else None, unit, n, share if spread.is_enough else 0)


def _counted(key: str, label: str, count: int) -> Figure:
    few = _("kurang dari %(enough)s") % {"enough": MIN_GROUP_SIZE}
    return Figure(key, label, publishable(count), instead=few)


type Part = tuple[str, str, int]
"""Value, label, count."""


def _named(choices: Iterable[tuple[str, str | Promise]], counts: Mapping[str, int]) -> list[Part]:
    """Return the counts above zero, in the order of the choices."""
    return [(value, str(label), counts[value]) for value, label in choices if counts.get(value)]


def _break_down(
    key: str, title: str, head: str, parts: Sequence[Part], whole: int, language: str = ""
) -> Breakdown:
    """Return the parts of a published total. Small parts are suppressed.

    Cases in no part (no division yet) count as a part too: they can be found by subtraction.
    """
    counts = {value: count for value, _label, count in parts}
    hidden = suppressed({**counts, "": whole - sum(counts.values())})
    rows = [_part(key, part, whole, part[0] in hidden) for part in parts]
    return Breakdown(title, head, rows, language)


def _break_down_helps(figures: ServiceFigures) -> Breakdown:
    """Count the cases by the help that was asked for. One case may ask for several kinds.

    Each count is compared with all cases, so each is suppressed by itself if it is small.
    """
    parts, whole = _named(HELP.items(), figures.helps), figures.submitted
    rows = [_part("help", part, whole, not publishable(part[2])) for part in parts]
    return Breakdown(_("Bantuan bagi penyandang disabilitas"), _("Bantuan yang diminta"), rows)


def _part(key: str, part: Part, whole: int, is_hidden: bool) -> Figure:
    value, label, count = part
    if is_hidden:
        return Figure(f"{key}.{value}", label, None, instead=_("tidak ditampilkan"))
    return Figure(f"{key}.{value}", label, count, share=_share(count, whole))


def _share(count: int, whole: int) -> float:
    return round(100 * count / whole, 1)


@dataclass(frozen=True)
class Statistics:
    """Figures of a period (None: being computed) and the published result of the survey, if any."""

    cached: CachedFigures | None
    survey: Publication | None

    @cached_property
    def plan(self) -> list[PlanItem]:
        """The follow-up plan of the survey, as it is today. Costs a query."""
        return list(list_plan(self.survey.period, self.survey.service)) if self.survey else []

    @property
    def figures(self) -> ServiceFigures | None:
        return self.cached.figures if self.cached else None

    @property
    def summary(self) -> list[Figure]:
        """The key figures, most important first."""
        if not (figures := self.figures):
            return []
        service, days, minutes = figures.service, figures.days, _("menit")
        median = _("Lama konsultasi, median")
        within = _("Selesai dalam %(minutes)s menit") % {"minutes": figures.promised}
        to_report = _("Dari permohonan sampai laporan, median")
        return [
            _measured("consultation.minutes.median", median, service.median, minutes, service),
            _measured("consultation.within_percent", within, figures.within_percent, "%", service),
            # xgettext:no-python-format
            _measured("consultation.minutes.p90", _("90% selesai dalam"), service.p90, minutes, service),
            _counted("consultation.count", _("Konsultasi terlaksana"), service.n),
            _measured("report.days.median", to_report, days.median, pgettext("satuan", "hari"), days),
            _counted("cases.submitted", _("Permohonan masuk"), figures.submitted),
            _counted("cases.open", _("Sedang diproses sekarang"), figures.open),
            _counted("cases.late", _("Terlambat sekarang"), figures.late),
        ]

    @property
    def to_report(self) -> Figure | None:
        """The usual days from the request to the report, if enough reports were accepted."""
        days = self.figures.days if self.figures else None
        figure = days and _measured("", "", days.median, "", days)
        return figure if figure and figure.value is not None else None

    @property
    def shown_waits(self) -> list[Wait]:
        """The waits that were measured often enough."""
        return [wait for wait in self.waits if wait.median.value is not None]

    @property
    def consultations(self) -> list[Figure]:
        """Number and duration of the consultations, without suppressed durations."""
        if not (self.figures and self.figures.service.n):
            return []
        *durations, count = self.summary[:4]
        return [*(figure for figure in durations if figure.value is not None), count]

    @property
    def promise(self) -> Breakdown | None:
        """The consultations within the promised time, or None if there are too few to publish."""
        if not (self.figures and self.figures.service.is_enough):
            return None
        title = _("Konsultasi dibanding standar %(minutes)s menit") % {"minutes": self.figures.promised}
        n, within = self.figures.service.n, self.figures.within
        longer = pgettext("dari standar", "Lebih lama")
        rows = [
            Figure("consultation.within", _("Sesuai standar"), within, share=_share(within, n)),
            Figure("consultation.longer", longer, n - within, share=_share(n - within, n)),
        ]
        return Breakdown(title, _("Lama konsultasi"), rows)

    @property
    def arrivals(self) -> list[Breakdown]:
        """The submitted cases by kind, channel, division, state and help."""
        if not (figures := self.figures):
            return []
        whole, channels = figures.submitted, _named(Channel.choices, figures.channels)
        states = _named(State.choices, figures.states)
        by_division = [(name, name, count) for name, count in sorted(figures.divisions.items())]
        heading, title = get_words().division_name, with_words(_("Menurut %(division)s"))
        return [
            _break_down("kind", _("Menurut jenis"), _("Jenis"), _named(Kind.choices, figures.kinds), whole),
            _break_down("channel", _("Menurut cara masuk"), _("Cara masuk"), channels, whole),
            _break_down("division", title, heading, by_division, whole, language="id"),
            _break_down("state", _("Menurut status"), _("Status"), states, whole),
            _break_down_helps(figures),
        ]

    @property
    def waits(self) -> list[Wait]:
        """The wait for each measured step, also if there are no measurements yet. Costs a query."""
        targets = dict(StateTarget.objects.values_list("state", "hours"))
        measured = self.figures.waits if self.figures else {}
        spreads = [
            (f"wait.{key}", step, measured.get(key, Spread()))
            for step in MEASURED_STEPS
            for key in [step_key(step.number, step.verb)]
        ]
        longest = max((spread.median for _key, _step, spread in spreads if spread.is_enough), default=0) or 1
        hours = _("jam kerja")
        return [
            Wait(
                key,
                step,
                targets.get(str(step.source)),
                _measured(
                    *(f"{key}.median", _("median"), spread.median / 60, hours, spread),
                    100 * spread.median / longest,
                ),
                _measured(f"{key}.p90", _("persentil 90"), spread.p90 / 60, hours, spread),
                _counted(f"{key}.count", _("Jumlah"), spread.n),
            )
            for key, step, spread in spreads
            if spread.n or step.actor != Party.SECRETARY  # few offices have one
        ]

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The published steps with the waits of the office. One of the applicant has none. Costs a query."""
        found = self.waits
        return [
            {
                "number": step.number,
                "title": step.heading,
                "language": "id" if step.title else "",
                "waits": [wait for wait in found if wait.step.number in covered],
                "is_applicants": bool(covered),
            }
            for step, covered in list_published_steps()
        ]


def get_statistics(period: Period) -> Statistics:
    """Return the statistics of a period. Costs two queries if the figures are cached."""
    return Statistics(get_figures(period), get_current_publication(period))


def get_live_statistics() -> Statistics:
    """Return the statistics of the last twelve months beside the newest survey result."""
    period = Period.of(LAST_TWELVE_MONTHS)
    return Statistics(get_figures(period) if period else None, get_current_publication())


type Row = tuple[str, str, str | float | None, str, int | None, str]
"""Section, name, value, unit, number of measurements, key."""


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
        section, at = _("Periode"), f"{timezone.localtime(cached.computed_at):%Y-%m-%d %H:%M}"
        yield section, _("Nama"), cached.period.title, "", None, "period.title"
        yield section, _("Dari tanggal"), cached.period.since.isoformat(), "", None, "period.since"
        yield section, _("Sampai tanggal"), cached.period.until.isoformat(), "", None, "period.until"
        yield section, _("Dihitung pada"), at, get_words().zone, None, "period.computed_at"
    for figure in statistics.summary:
        yield _("Ringkasan"), figure.label, figure.value, figure.unit, figure.n, figure.key
    if survey := statistics.survey:
        name = _("Indeks Kepuasan Masyarakat, %(period)s") % {"period": survey.period.title}
        yield _("Ringkasan"), name, float(survey.result.index), "", survey.result.n, "survey.index"
    for wait in statistics.waits:
        section, name = _("Waktu tunggu"), f"{wait.number}. {wait.title}"
        for figure in (wait.median, wait.p90):
            yield section, f"{name}: {figure.label}", figure.value, figure.unit, figure.n, figure.key
        if wait.target is not None:
            name = f"{name}: {_('target internal')}"
            yield section, name, wait.target, _("jam kerja"), None, f"{wait.key}.target"
    for breakdown in statistics.arrivals:
        for figure in breakdown.rows:
            yield breakdown.title, figure.label, figure.value, "", None, figure.key
