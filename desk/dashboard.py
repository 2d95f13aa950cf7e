"""The dashboard (Dasbor) of the Kepala Dinas and of a Kepala Bidang, from stored figures of each day.

The cost of a page does not depend on the number of cases. `charts.py` draws the figures.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from consultations.enums import State
from consultations.models import Case
from consultations.workflow import TURN, Step
from kit import clock
from kit.disclosure import MIN_GROUP_SIZE
from kit.pagination import only
from kit.periods import Period
from office import rights
from office.models import Division, Office, Role, User
from reports.models import DailyFigures
from reports.statistics.daily_figures import MAX_STUCK, DayFlow, refresh_days, refresh_regularly
from reports.statistics.figures import Spread, count_within
from reports.statistics.public import is_small_office
from reports.surveys.regulation import ELEMENTS, SCALE, Grade, get_grade, half_up

MONTHS_ABOVE = dt.timedelta(weeks=18)
"""Length of a period above which its parts are months instead of weeks."""


@dataclass(frozen=True)
class Count:
    """A number of open cases, and how many of them are late."""

    open: int = 0
    late: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.open + other.open, self.late + other.late)

    @property
    def late_percent(self) -> int:
        return round(100 * self.late / self.open) if self.open else 0


@dataclass(frozen=True)
class Waiting:
    state: State
    step: Step
    count: Count


@dataclass(frozen=True)
class DivisionRow:
    """One division: what came in in the period, what is open now, working days from request to report."""

    division: Division
    arrived: int
    count: Count
    days: Spread


@dataclass(frozen=True)
class Part:
    """A week or month of the period, with its first day."""

    since: dt.date
    arrived: int
    closed: int


@dataclass(frozen=True)
class QuarterIndex:
    """The satisfaction index of the whole office in one quarter.

    It is None if there are fewer than MIN_GROUP_SIZE answers, so that no applicant is recognised.
    """

    period: Period
    answers: int
    index: Decimal | None

    @property
    def grade(self) -> Grade | None:
        return None if self.index is None else get_grade(self.index)


@dataclass(frozen=True)
class Dashboard:
    """The figures of some divisions in one period, and what is open now.

    `flow` is the sum of the period, `before` that of the period of the same length before it. `late_before`
    is the number of late cases a week ago, None if it is not known. `index` begins with the newest quarter.
    """

    computed_at: dt.datetime
    since: dt.date
    until: dt.date
    promised: int
    flow: DayFlow
    before: DayFlow
    parts: Sequence[Part]
    count: Count
    late_before: int | None
    waiting: Sequence[Waiting]
    divisions: Sequence[DivisionRow]
    officers: Sequence[tuple[User, Count]]
    stuck: Sequence[Case]
    index: Sequence[QuarterIndex]

    @property
    def in_months(self) -> bool:
        return self.until - self.since > MONTHS_ABOVE

    @property
    def arrived_weekly(self) -> float:
        return self.flow.arrived / self._weeks

    @property
    def closed_weekly(self) -> float:
        return self.flow.closed / self._weeks

    @property
    def _weeks(self) -> float:
        """Length of the period, at least one week."""
        return max(1, ((self.until - self.since).days + 1) / 7)

    @cached_property
    def days(self) -> Spread:
        """Working days from submission to the first accepted report."""
        return Spread.of(self.flow.days)

    @cached_property
    def days_before(self) -> Spread:
        return Spread.of(self.before.days)

    @cached_property
    def minutes(self) -> Spread:
        """Real minutes of the consultations."""
        return Spread.of(self.flow.minutes)

    @property
    def late_change(self) -> int | None:
        """Late cases now minus those of a week ago, if known."""
        return None if self.late_before is None else self.count.late - self.late_before

    @property
    def days_change(self) -> float | None:
        """Median working days minus those of the period before, if known."""
        return self.days.median - self.days_before.median if self.days.n and self.days_before.n else None

    @property
    def known_index(self) -> list[QuarterIndex]:
        return [quarter for quarter in self.index if quarter.index is not None]

    @property
    def newest_index(self) -> QuarterIndex | None:
        return next(iter(self.known_index), None)

    @property
    def index_change(self) -> Decimal | None:
        """Difference between the indexes of the last two quarters that have an index."""
        known = [quarter.index for quarter in self.index if quarter.index is not None]
        return known[0] - known[1] if len(known) > 1 else None

    @property
    def within_percent(self) -> float:
        return 100 * self.within / self.minutes.n if self.minutes.n else 0

    @property
    def within(self) -> int:
        """Number of consultations within the promised minutes."""
        return count_within(self.flow.minutes, self.promised)


SHOWN_STUCK = 6
MAX_OFFICERS = 40
STUCK = (
    "code",
    "subject",
    "agenda__year",
    "agenda__number",
    "state",
    "due_at",
    "kind",
    "passed_to",
    "merged_into",
)
PEOPLE = ("officer__name", "officer__username", "division__name")
WEEK = dt.timedelta(days=7)


def list_divisions(user: User) -> tuple[list[Division], bool]:
    """Return the divisions on the user's dashboard, and whether they are the whole office.

    These are all for the Kepala Dinas, the own ones for a Kepala Bidang. Raise PermissionDenied for others.
    """
    if Role.HEAD in user.roles:
        return list(Division.objects.all()), True
    rights.SEE_DASHBOARD.check(user)
    return user.headed_divisions, False


def get_dashboard(
    user: User, office: Office, period: Period, divisions: Sequence[Division], *, is_whole: bool
) -> Dashboard | None:
    """Return the figures of the divisions in a period, or None while the first figures are computed.

    If the divisions are the whole office (`is_whole`), cases without a division count too.
    """
    since, until = period.since, period.until
    latest = DailyFigures.objects.order_by("-day").first() or _compute_first()
    if latest is None:
        return None
    keys = [str(division.pk) for division in divisions] + ([""] if is_whole else [])
    flows, before, parts = _read_flows(since, until, keys)
    total = DayFlow()
    for flow in flows.values():
        total.add(vars(flow))
    standings = {key: latest.standing["divisions"].get(key, {}) for key in keys}
    counts = {key: _count(standing) for key, standing in standings.items()}
    rows = [
        DivisionRow(d, flows[key].arrived, counts[key], Spread.of(flows[key].days))
        for d in divisions
        if (key := str(d.pk)) and (d.is_active or flows[key].arrived or counts[key].open)
    ]
    return Dashboard(
        computed_at=latest.computed_at,
        since=since,
        until=until,
        promised=office.service_minutes,
        flow=total,
        before=before,
        parts=parts,
        count=sum(counts.values(), Count()),
        late_before=_get_late_before(latest.day, keys),
        waiting=_list_waiting(standings.values()),
        divisions=rows,
        officers=_list_officers(standings.values()),
        stuck=_list_stuck(user, standings.values()),
        index=[_get_index(*quarter) for quarter in latest.standing["index"]],
    )


def _compute_first() -> DailyFigures | None:
    if not is_small_office():
        refresh_regularly()
        return None
    refresh_days()
    return DailyFigures.objects.order_by("-day").first()


def _read_flows(
    since: dt.date, until: dt.date, keys: Sequence[str]
) -> tuple[dict[str, DayFlow], DayFlow, list[Part]]:
    length = until - since + dt.timedelta(days=1)
    flows, before = {key: DayFlow() for key in keys}, DayFlow()
    in_months = until - since > MONTHS_ABOVE
    days = [since + dt.timedelta(days=offset) for offset in range(length.days)]
    parts = {_first_day(day, in_months=in_months): [0, 0] for day in days}
    stored = DailyFigures.objects.filter(day__gte=since - length, day__lte=until)
    for day, by_division in stored.values_list("day", "flow"):
        for key in keys:
            if not (flow := by_division.get(key)):
                continue
            if day < since:
                before.add(flow)
                continue
            flows[key].add(flow)
            part = parts[_first_day(day, in_months=in_months)]
            part[0] += flow["arrived"]
            part[1] += sum(flow["days"].values())
    return flows, before, [Part(day, *counts) for day, counts in parts.items()]


def _first_day(day: dt.date, *, in_months: bool) -> dt.date:
    return day.replace(day=1) if in_months else day - dt.timedelta(days=day.weekday())


type Standings = Iterable[Mapping[str, Any]]


def _count(standing: Mapping[str, Any]) -> Count:
    return sum((Count(*counts) for counts in standing.get("states", {}).values()), Count())


def _get_late_before(day: dt.date, keys: Sequence[str]) -> int | None:
    standing = DailyFigures.objects.filter(day=day - WEEK).values_list("standing", flat=True).first()
    if not standing:
        return None
    return sum(_count(standing["divisions"].get(key, {})).late for key in keys)


def _add_up(standings: Standings, part: str) -> dict[str, Count]:
    total: dict[str, Count] = {}
    for standing in standings:
        for key, counts in standing.get(part, {}).items():
            total[key] = total.get(key, Count()) + Count(*counts)
    return total


def _list_waiting(standings: Standings) -> list[Waiting]:
    counts = _add_up(standings, "states")
    return [Waiting(state, step, counts[state]) for state, step in TURN.items() if state in counts]


def _list_officers(standings: Standings) -> list[tuple[User, Count]]:
    counts = _add_up(standings, "officers")
    busiest = sorted(counts, key=lambda key: (-counts[key].open, -counts[key].late))[:MAX_OFFICERS]
    users = User.objects.only("name", "username").in_bulk(map(int, busiest))
    return [(users[int(key)], counts[key]) for key in busiest if int(key) in users]


def _list_stuck(user: User, standings: Standings) -> list[Case]:
    """Return the late cases with the oldest deadlines that the user may see and that are late still."""
    oldest = sorted(tuple(row) for standing in standings for row in standing.get("stuck", ()))[:MAX_STUCK]
    late = Case.objects.visible_to(user).open().filter(pk__in=[pk for _due, pk in oldest])
    return list(
        only(late.filter(due_at__lt=clock.now()), (*STUCK, *PEOPLE)).order_by("due_at", "pk")[:SHOWN_STUCK]
    )


def _get_index(key: str, answers: int, total: int) -> QuarterIndex:
    period = Period.of(key) or Period.quarter_of(clock.today())
    enough = answers >= MIN_GROUP_SIZE
    return QuarterIndex(
        period, answers, half_up(Fraction(total * SCALE, answers * len(ELEMENTS))) if enough else None
    )
