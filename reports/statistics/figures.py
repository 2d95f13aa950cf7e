"""Figures of the service in one period, computed from sessions, history and cases. No count is suppressed."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import ENDED, HELP, Party, State
from consultations.models import Case, Event, StateTarget
from consultations.scheduling.models import Session
from consultations.workflow import TABLE, TAKE_BACK, Step
from kit import clock
from kit.disclosure import MIN_GROUP_SIZE
from kit.periods import Period
from office.lists import get_step_number
from office.models import Office
from office.worktime import WorkingMinutes, WorkingTime


def percentile(counts: Counter[int], percent: int) -> float:
    """Return a percentile of measurements that are counted as {value: count}.

    The rank is 1 + (n - 1) x percent / 100; between two ranks the value is interpolated. Excel gives the
    same result with PERCENTILE.INC (PERSENTIL), so an office can check it. Raise ValueError if the
    counter is empty.
    """
    total = counts.total()
    if not total:
        raise ValueError("no measurements")
    whole, rest = divmod((total - 1) * percent, 100)
    values = sorted(counts)
    ends = list(accumulate(counts[value] for value in values))
    below = next(value for value, end in zip(values, ends, strict=True) if whole < end)
    if not rest:
        return float(below)
    above = next(value for value, end in zip(values, ends, strict=True) if whole + 1 < end)
    return below + (above - below) * rest / 100


def count_within(counts: Mapping[int, int], limit: int) -> int:
    """Return how many measurements, counted as {value: count}, are at most the limit."""
    return sum(count for value, count in counts.items() if value <= limit)


@dataclass(frozen=True)
class Spread:
    """Number of measurements, their median and 90th percentile (0 if there are none)."""

    n: int = 0
    median: float = 0
    p90: float = 0

    @classmethod
    def of(cls, counts: Counter[int]) -> "Spread":
        if not counts:
            return cls()
        return cls(counts.total(), percentile(counts, 50), percentile(counts, 90))

    @property
    def is_enough(self) -> bool:
        """Whether there are enough measurements to publish the percentiles."""
        return self.n >= MIN_GROUP_SIZE


MEASURED_STEPS: tuple[Step, ...] = tuple(
    step
    for step in TABLE
    if step.source not in (None, step.target, State.IN_SESSION, State.EXAMINING)
    and step.actor != Party.APPLICANT
    and (not step.off_path or (step.number, step.verb) == (8, "start"))
)
"""Steps that end a wait for the office: those of the main path, and the start of an urgent walk-in.

Steps of the applicant are not measured. The end of a consultation is measured as service time.
"""

ROWS_AT_ONCE = 5_000
"""Rows read in one batch, so that memory does not grow with the number of cases."""


def step_key(number: int, verb: str) -> str:
    """Return the key of a step in `ServiceFigures.waits`: its number in the standard and its verb."""
    return f"{number} {verb}"


@dataclass(frozen=True)
class ServiceFigures:
    """Consultations that ended, steps that were taken and cases that were submitted in one period.

    - `service`: real minutes of a consultation, rounded up to a whole minute, without answers in writing.
    - `within`: number of consultations that took at most `promised` minutes.
    - `waits`: working minutes by step (`step_key`).
    - `days`: calendar days from submission to the first accepted report. A correction does not count again.
    - `kinds`, `channels`, `states`, `divisions`: cases submitted in the period, as they are now.
    - `helps`: cases among them whose applicant asked for each kind of help (`HELP`). They may overlap.
    - `open`, `late`: all cases of the office that are open or late now.

    A complaint about a member of staff counts only after it has ended. That person sees all other cases
    and could find the complaint by subtraction. The independent channel never counts.
    """

    promised: int
    service: Spread
    within: int
    waits: dict[str, Spread]
    days: Spread
    kinds: dict[str, int]
    channels: dict[str, int]
    states: dict[str, int]
    divisions: dict[str, int]
    helps: dict[str, int]
    open: int
    late: int

    @property
    def submitted(self) -> int:
        return sum(self.states.values())

    @property
    def within_percent(self) -> float:
        """Share of consultations that took at most the promised minutes, in percent."""
        return 100 * self.within / self.service.n if self.service.n else 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "ServiceFigures | None":
        """Read the result of `to_json`. Return None if another version of Rembuk wrote other fields."""
        if set(data) != {field.name for field in fields(cls)}:
            return None
        spreads = {name: Spread(**data[name]) for name in ("service", "days")}
        waits = {name: Spread(**spread) for name, spread in data["waits"].items()}
        return cls(**{**data, **spreads, "waits": waits})


def compute_figures(period: Period) -> ServiceFigures:
    """Compute the statistics of a period. Takes about a second for 7,000 cases."""
    promised = Office.load().service_minutes
    minutes = count_minutes(period)
    return ServiceFigures(
        promised=promised,
        service=Spread.of(minutes),
        within=count_within(minutes, promised),
        waits={key: Spread.of(counts) for key, counts in count_waits(period).items()},
        days=Spread.of(_days_to_report(period)),
        **_submitted(period),
        **_current(),
    )


def published(case: str = "pk") -> Q:
    """Exclude complaints about staff that have not ended, and all complaints in the independent channel.

    A case that was merged into another one counts once, as that one. `case` is the field with the case's key.
    """
    about_staff = Q(complained_about__isnull=False) & ~Q(state__in=ENDED)
    hidden = Case.objects.filter(about_staff | Q(is_independent=True) | Q(merged_into__isnull=False))
    return ~Q(**{f"{case}__in": hidden.order_by().values("pk")})


def in_period(period: Period, moment: str) -> Q:
    """Match a moment, named by its field, in the period."""
    return Q(**{f"{moment}__gte": period.start, f"{moment}__lt": period.end})


def list_cases(period: Period, moment: str) -> QuerySet[Case]:
    """Return the published cases with a moment, named by its field, in the period; in no order."""
    return Case.objects.filter(published(), in_period(period, moment)).order_by()


def list_held_sessions(period: Period) -> QuerySet[Session]:
    """Return the consultations that ended in the period, without answers in writing."""
    held = Session.objects.filter(
        published("case"), in_period(period, "finished_at"), cancelled_at=None, started_at__isnull=False
    )
    return held.exclude(mode=Session.Mode.WRITTEN).order_by()


def count_minutes(period: Period) -> Counter[int]:
    """Return how many consultations of a period took how many minutes."""
    sessions = list_held_sessions(period).only("started_at", "finished_at")
    return Counter(session.minutes or 0 for session in sessions.iterator(chunk_size=ROWS_AT_ONCE))


def _days_to_report(period: Period) -> Counter[int]:
    closed = list_cases(period, "first_closed_at").values_list("submitted_at", "first_closed_at")
    moments = closed.iterator(chunk_size=ROWS_AT_ONCE)
    return Counter((timezone.localdate(end) - timezone.localdate(start)).days for start, end in moments)


def _submitted(period: Period) -> dict[str, Any]:
    columns = {"kinds": "kind", "channels": "channel", "states": "state", "divisions": "division__name"}
    submitted = list_cases(period, "submitted_at")
    totals: dict[str, dict[str, int]] = {name: defaultdict(int) for name in columns}
    for *values, count in submitted.values_list(*columns.values()).annotate(count=Count("pk")):
        for name, value in zip(columns, values, strict=True):
            if value:
                totals[name][value] += count
    asked = {column: Count("pk", filter=Q(**{column: True})) for column in HELP}
    helps = {column: count for column, count in submitted.aggregate(**asked).items() if count}
    return {"helps": helps, **{name: dict(counts) for name, counts in totals.items()}}


def _current() -> dict[str, Any]:
    return (
        Case.objects.filter(published())
        .exclude(state__in=ENDED)
        .aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=clock.now())))
    )


type EventRow = tuple[int, int, str, str, str, dt.datetime]
"""Columns of an event: case, number and verb of the step, source, target, time."""


def count_waits(period: Period) -> dict[str, Counter[int]]:
    """Return the working minutes of the waits that ended in the period, by step."""
    first = Event.objects.aggregate(first=Min("happened_at"))["first"]
    if first is None:
        return {}
    minutes_of = WorkingMinutes(WorkingTime.load(), timezone.localdate(first), period.until)
    touched = (
        Event.objects.filter(published("case"), in_period(period, "happened_at")).order_by().values("case")
    )
    events = (
        Event.objects.filter(case__in=touched, happened_at__lt=period.end)
        .order_by("case_id", "pk")
        .values_list("case_id", "number", "verb", "source", "target", "happened_at")
        .iterator(chunk_size=ROWS_AT_ONCE)
    )
    counted: dict[str, Counter[int]] = defaultdict(Counter)
    for _case, history in groupby(events, key=itemgetter(0)):
        for key, at, minutes in _waits_of_case(history, minutes_of):
            if at >= period.start:
                counted[key][minutes] += 1
    return counted


MEASURED_KEYS = frozenset(step_key(step.number, step.verb) for step in MEASURED_STEPS)


def _waits_of_case(
    history: Iterable[EventRow], minutes_of: WorkingMinutes
) -> Iterable[tuple[str, dt.datetime, int]]:
    """Return the waits of one case: key of the step that ended it, time, working minutes.

    A wait is the time in the source state of the step. If the case returned to that state, the times add
    up. Time that the applicant needed is not counted. A step without a new state
    (another officer, another time) does not interrupt a wait. A step that was taken back ends none.
    """
    so_far: dict[str, int] = defaultdict(int)
    found: list[tuple[str, dt.datetime, int]] = []
    since: dt.datetime | None = None
    ended_wait = False
    for _case, number, verb, source, target, at in history:
        if source == target:
            continue
        if since:
            so_far[source] += minutes_of.between(since, at)
        if verb in ("undo_start", TAKE_BACK) and ended_wait:
            _step, _at, so_far[target] = found.pop()
        if ended_wait := (key := step_key(number, verb)) in MEASURED_KEYS:
            found.append((key, at, so_far.pop(source, 0)))
        since = at
    return found


SERVICE = _("Lama konsultasi")


@dataclass(frozen=True)
class PunctualityRow:
    """One line of the punctuality matrix (matriks ketepatan waktu): a step, or the consultation itself.

    `target` is in minutes, or None if the office set none. It is that of the decree if `is_decreed`, else an
    internal one of the office. `months` counts [steps, steps within the target]
    of each month. Waiting times are working minutes.
    """

    title: str | Promise
    actor: str | Promise
    target: int | None
    months: Sequence[tuple[int, int]]
    is_decreed: bool = False

    @property
    def percent(self) -> float | None:
        """Share of all months within the target in percent, or None without a target or steps."""
        total, within = (sum(counts) for counts in zip(*self.months, strict=True))
        return round(100 * within / total, 1) if total and self.target is not None else None


def compute_matrix(months: Sequence[Period]) -> list[PunctualityRow]:
    """Return a row for each step that was taken or has a target, and one for the consultation.

    Takes about a second for 7,000 cases a month.
    """
    hours = dict(StateTarget.objects.values_list("state", "hours"))
    waits = [count_waits(month) for month in months]
    rows = []
    for step in MEASURED_STEPS:
        target = 60 * hours[step.source] if step.source in hours else None
        key = step_key(step.number, step.verb)
        counts = [_count(month.get(key, {}), target) for month in waits]
        if target is not None or any(total for total, _within in counts):
            title = f"{get_step_number(step.number)}. {step.title}"
            rows.append(PunctualityRow(title, step.actor.label, target, counts))
    promised = Office.load().service_minutes
    service = [_count(count_minutes(month), promised) for month in months]
    return [*rows, PunctualityRow(SERVICE, _("Petugas"), promised, service, is_decreed=True)]


def _count(minutes: Mapping[int, int], target: int | None) -> tuple[int, int]:
    return sum(minutes.values()), 0 if target is None else count_within(minutes, target)
