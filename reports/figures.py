"""Statistics of the service in one period, computed from sessions, history and cases."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from consultations.enums import ENDED, HELP, Party, State
from consultations.models import Case, Event
from consultations.workflow import TABLE, Step
from office import clock
from office.models import Office
from office.periods import Period
from office.working_minutes import WorkingMinutes
from office.worktime import WorkingTime
from reports.percentiles import Spread
from scheduling.models import Session

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
        within=sum(count for minute, count in minutes.items() if minute <= promised),
        waits={key: Spread.of(counts) for key, counts in count_waits(period).items()},
        days=Spread.of(_days_to_report(period)),
        **_submitted(period),
        helps=_helps(period),
        **_current(),
    )


def published(case: str = "pk") -> Q:
    """Exclude complaints about staff that have not ended, and all complaints in the independent channel.

    `case` is the field with the case's key.
    """
    about_staff = Q(complained_about__isnull=False) & ~Q(state__in=ENDED)
    hidden = Case.objects.filter(about_staff | Q(is_independent=True))
    return ~Q(**{f"{case}__in": hidden.order_by().values("pk")})


def in_period(period: Period, moment: str) -> Q:
    """Match a moment, named by its field, in the period."""
    return Q(**{f"{moment}__gte": period.start, f"{moment}__lt": period.end})


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
    closed = Case.objects.filter(published(), in_period(period, "first_closed_at")).order_by()
    moments = closed.values_list("submitted_at", "first_closed_at").iterator(chunk_size=ROWS_AT_ONCE)
    return Counter((timezone.localdate(end) - timezone.localdate(start)).days for start, end in moments)


def _submitted(period: Period) -> dict[str, Any]:
    """Count the submitted cases by kind, channel, state and division in one query."""
    columns = {"kinds": "kind", "channels": "channel", "states": "state", "divisions": "division__name"}
    submitted = Case.objects.filter(published(), in_period(period, "submitted_at")).order_by()
    totals: dict[str, dict[str, int]] = {name: defaultdict(int) for name in columns}
    for *values, count in submitted.values_list(*columns.values()).annotate(count=Count("pk")):
        for name, value in zip(columns, values, strict=True):
            if value:
                totals[name][value] += count
    return {name: dict(counts) for name, counts in totals.items()}


def _helps(period: Period) -> dict[str, int]:
    """Count the submitted cases by the help that was asked for."""
    submitted = Case.objects.filter(published(), in_period(period, "submitted_at"))
    counts = submitted.aggregate(**{column: Count("pk", filter=Q(**{column: True})) for column in HELP})
    return {column: count for column, count in counts.items() if count}


def _current() -> dict[str, Any]:
    return (
        Case.objects.filter(published())
        .exclude(state__in=ENDED)
        .aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=clock.now())))
    )


type Row = tuple[int, int, str, str, str, dt.datetime]
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
    history: Iterable[Row], minutes_of: WorkingMinutes
) -> Iterable[tuple[str, dt.datetime, int]]:
    """Return the waits of one case: key of the step that ended it, time, working minutes.

    A wait is the time in the source state of the step. If the case returned to that state, the times add
    up. Time that the applicant needed is not counted. A step without a new state
    (another officer, another time) does not interrupt a wait. A start that was undone ends none.
    """
    so_far: dict[str, int] = defaultdict(int)
    found: list[tuple[str, dt.datetime, int]] = []
    since: dt.datetime | None = None
    for _case, number, verb, source, target, at in history:
        if source == target:
            continue
        if since:
            so_far[source] += minutes_of.between(since, at)
        if (key := step_key(number, verb)) in MEASURED_KEYS:
            found.append((key, at, so_far.pop(source, 0)))
        if verb == "undo_start":
            _start, _at, so_far[target] = found.pop()
        since = at
    return found
