"""Types of the dashboard. `dashboard.py` reads them, `charts.py` draws them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from consultations.enums import State
from consultations.models import Case
from consultations.workflow import Step
from office.models import Division, User
from office.periods import Period
from reports.daily_figures import DayFlow
from reports.percentiles import Spread
from surveys.index import Grade, get_grade

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
    """The open cases that wait for one step."""

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
        """Whether the parts are months instead of weeks."""
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
        """The quarters with enough answers, newest first."""
        return [quarter for quarter in self.index if quarter.index is not None]

    @property
    def newest_index(self) -> QuarterIndex | None:
        return next(iter(self.known_index), None)

    @property
    def index_change(self) -> Decimal | None:
        """Difference of the index between the last two quarters with one."""
        known = [quarter.index for quarter in self.index if quarter.index is not None]
        return known[0] - known[1] if len(known) > 1 else None

    @property
    def within_percent(self) -> float:
        return 100 * self.within / self.minutes.n if self.minutes.n else 0

    @property
    def within(self) -> int:
        """Number of consultations within the promised minutes."""
        return sum(count for minute, count in self.flow.minutes.items() if minute <= self.promised)
