"""The figures of the service in a period, computed from sessions, history and cases. They name no case."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from consultations.enums import ENDED, Party, State
from consultations.models import Case, Event
from consultations.workflow import TABLE, Step
from office import clock
from office.models import Office
from office.periods import Period
from office.worked import WorkedMinutes
from office.worktime import WorkingTime
from reports.percentiles import Spread
from scheduling.models import Session

WAITS: tuple[Step, ...] = tuple(
    step
    for step in TABLE
    if step.source not in (None, step.target, State.IN_SESSION)
    and step.actor != Party.APPLICANT
    and (not step.off_path or (step.number, step.verb) == (8, "start"))
)
"""The steps that end a wait for the office: those of the main way, and the start for an urgent walk-in.

Not among them are the applicant's own, and the end of the consultation: its time is that of the service.
"""


def name_of(step: Step | Event) -> str:
    """A step that ends a wait, as it is kept: the number in the standard and the verb."""
    return f"{step.number} {step.verb}"


@dataclass(frozen=True)
class ServiceFigures:
    """What happened in a period: consultations that ended, steps that were taken, cases that came in.

    `service` is in real minutes, rounded up to a whole one for each consultation, and `within` counts those
    that took no longer than `promised` minutes. `waits` are working minutes by step (`name_of`); `days` are
    calendar days from submission to the accepted report, for the reports accepted in the period; a report
    that is corrected stays where it was accepted first. `kinds`, `channels`, `states` and `divisions` count
    the cases submitted in the period, as they stood when this was computed; `open` and `late` count all cases
    of the office at that moment.

    A complaint about a member of staff counts in all of this once it has ended, and not before: who is
    complained about sees every case but this one, and would find it in the difference.
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
    open: int
    late: int

    @property
    def submitted(self) -> int:
        return sum(self.states.values())

    @property
    def within_percent(self) -> float:
        """The share of consultations that took no longer than promised."""
        return 100 * self.within / self.service.n if self.service.n else 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "ServiceFigures | None":
        """What `as_json` has kept; None where it was kept in a shape of another version of Rembuk."""
        if set(kept) != {field.name for field in fields(cls)}:
            return None
        spreads = {name: Spread(**kept[name]) for name in ("service", "days")}
        waits = {name: Spread(**spread) for name, spread in kept["waits"].items()}
        return cls(**{**kept, **spreads, "waits": waits})


def figures_of(period: Period) -> ServiceFigures:
    """Compute the figures of a period: a second for some 7,000 cases. Memory does not grow with them."""
    promised = Office.load().service_minutes
    minutes = _service_minutes(period)
    return ServiceFigures(
        promised=promised,
        service=Spread.of(minutes),
        within=sum(count for minute, count in minutes.items() if minute <= promised),
        waits={name: Spread.of(counts) for name, counts in _waits(period).items()},
        days=Spread.of(_days_to_report(period)),
        **_submitted(period),
        **_now(),
    )


def _told(case: str = "pk") -> Q:
    """The cases of which the figures may tell."""
    about_staff = Case.objects.filter(complained_about__isnull=False).exclude(state__in=ENDED)
    return ~Q(**{f"{case}__in": about_staff.order_by().values("pk")})


def _in(period: Period, moment: str) -> Q:
    return Q(**{f"{moment}__gte": period.start, f"{moment}__lt": period.end})


def _service_minutes(period: Period) -> Counter[int]:
    """The real minutes of the consultations that ended in the period."""
    held = Session.objects.filter(
        _told("case"), _in(period, "finished_at"), cancelled_at=None, started_at__isnull=False
    )
    return Counter(
        session.minutes or 0
        for session in held.only("started_at", "finished_at").order_by().iterator(chunk_size=5000)
    )


def _days_to_report(period: Period) -> Counter[int]:
    closed = Case.objects.filter(_told(), _in(period, "first_closed_at")).order_by()
    return Counter(
        (timezone.localdate(end) - timezone.localdate(start)).days
        for start, end in closed.values_list("submitted_at", "first_closed_at").iterator(chunk_size=5000)
    )


def _submitted(period: Period) -> dict[str, Any]:
    """How many cases came in, by each of what is told of them; counted by the database in one go."""
    columns = {"kinds": "kind", "channels": "channel", "states": "state", "divisions": "division__name"}
    came_in = Case.objects.filter(_told(), _in(period, "submitted_at")).order_by()
    totals: dict[str, dict[str, int]] = {name: defaultdict(int) for name in columns}
    for *values, count in came_in.values_list(*columns.values()).annotate(count=Count("pk")):
        for name, value in zip(columns, values, strict=True):
            if value:
                totals[name][value] += count
    return {name: dict(counts) for name, counts in totals.items()}


def _now() -> dict[str, Any]:
    return (
        Case.objects.filter(_told())
        .exclude(state__in=ENDED)
        .aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=clock.now())))
    )


type Row = tuple[int, str, str, str, dt.datetime]
"""Of an event: case, name of the step, source, target, when it happened."""


def _waits(period: Period) -> dict[str, Counter[int]]:
    """The working minutes of the waits that ended in the period, by the step that ended them."""
    first = Event.objects.aggregate(first=Min("happened_at"))["first"]
    if first is None:
        return {}
    worked = WorkedMinutes(WorkingTime.load(), timezone.localdate(first), period.until)
    touched = Event.objects.filter(_told("case"), _in(period, "happened_at")).order_by().values("case")
    events = (
        Event.objects.filter(case__in=touched, happened_at__lt=period.end)
        .order_by("case_id", "pk")
        .values_list("case_id", "number", "verb", "source", "target", "happened_at")
    )
    rows = (
        (case, f"{number} {verb}", source, target, at)
        for case, number, verb, source, target, at in events.iterator(chunk_size=5000)
    )
    counted: dict[str, Counter[int]] = defaultdict(Counter)
    for _case, history in groupby(rows, key=itemgetter(0)):
        for name, at, minutes in waits_of(history, worked):
            if at >= period.start:
                counted[name][minutes] += 1
    return counted


ENDS_A_WAIT = frozenset(name_of(step) for step in WAITS)


def waits_of(history: Iterable[Row], worked: WorkedMinutes) -> Iterable[tuple[str, dt.datetime, int]]:
    """The waits of one case: the step that ended it, when, and after how many working minutes.

    A wait is the time that the case has been in the state from which the step was taken. Where it left that
    state in between (sent back, not shown up) the times add up; time in which it waited for the applicant
    counts for nobody. What stays in its state (another officer, another time) does not interrupt.
    """
    so_far: dict[str, int] = defaultdict(int)
    since: dt.datetime | None = None
    for _case, name, source, target, at in history:
        if source == target:
            continue
        if since:
            so_far[source] += worked.between(since, at)
        if name in ENDS_A_WAIT:
            yield name, at, so_far.pop(source, 0)
        since = at
