"""Figures of each day and division for the dashboard, computed in the background and stored.

Small counts are not suppressed. A complaint about a member of staff counts only after it has ended, as in
the public statistics. Otherwise that person could find the complaint by subtraction.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Min, Q
from django.db.models.functions import TruncDate
from django.tasks import task
from django.utils import timezone

from consultations.enums import ENDED
from consultations.models import Case
from kit import clock
from kit.periods import Period
from office.worktime import WorkingTime
from reports.models import DailyFigures
from reports.statistics.figures import ROWS_AT_ONCE, list_cases, list_held_sessions, published
from reports.surveys.queries import add_up, get_main_service, list_answers
from reports.surveys.regulation import is_closed

INTERVAL = 600
"""Seconds between two computations."""

RECENT = dt.timedelta(days=120)
"""Days whose figures are computed each time. Older ones are computed once a day: they hardly change."""

MAX_STUCK = 20
"""Late cases that are stored for each division."""

QUARTERS = 5
"""Quarters of the trend of the satisfaction index."""

NONE = ""
"""The key of cases without a division. JSON has no other keys than text."""


@dataclass
class DayFlow:
    """Arrivals and completions of one division on one day, or of several added up.

    `days` counts the cases that were first closed by working days since their submission. `minutes` counts
    the consultations that ended by real minutes, without answers in writing.
    """

    arrived: int = 0
    days: Counter[int] = field(default_factory=Counter)
    minutes: Counter[int] = field(default_factory=Counter)

    @property
    def closed(self) -> int:
        return self.days.total()

    def add(self, stored: Mapping[str, Any]) -> None:
        """Add a stored flow."""
        self.arrived += stored["arrived"]
        for name in ("days", "minutes"):
            counts = getattr(self, name)
            for value, count in stored[name].items():
                counts[int(value)] += count


@dataclass
class Standing:
    """The open cases of one division at one moment.

    `states` and `officers` (by key) count [open, late]. `stuck` are the keys of the late cases with the
    oldest deadlines, as [deadline, key].
    """

    states: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    officers: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    stuck: list[list[Any]] = field(default_factory=list)


def compute_flows(since: dt.date, until: dt.date) -> dict[dt.date, dict[str, DayFlow]]:
    """Return the flows of each day by division. Days and divisions without any are left out."""
    period = Period("", since, until)
    flows: dict[dt.date, dict[str, DayFlow]] = defaultdict(lambda: defaultdict(DayFlow))
    came, submitted = list_cases(period, "submitted_at"), TruncDate("submitted_at")
    for day, division, count in came.values_list(submitted, "division").annotate(n=Count("pk")):
        flows[day][_key(division)].arrived = count
    closed = list_cases(period, "first_closed_at")
    ended = closed.values_list(TruncDate("first_closed_at"), submitted, "division").annotate(n=Count("pk"))
    rows = list(ended)
    working_days = _count_working_days(min((row[1] for row in rows), default=until), until)
    for day, start, division, count in rows:
        flows[day][_key(division)].days[working_days[day] - working_days[start]] += count
    held = (
        list_held_sessions(period).select_related("case").only("started_at", "finished_at", "case__division")
    )
    for session in held.iterator(chunk_size=ROWS_AT_ONCE):
        if session.finished_at:
            flow = flows[timezone.localdate(session.finished_at)][_key(session.case.division_id)]
            flow.minutes[session.minutes or 0] += 1
    return flows


def _count_working_days(since: dt.date, until: dt.date) -> dict[dt.date, int]:
    """Return for each day the working days from `since` up to that day."""
    working, total, counts = WorkingTime.load(), 0, {}
    for offset in range((until - since).days + 1):
        day = since + dt.timedelta(days=offset)
        total += working.is_open(day)
        counts[day] = total
    return counts


def compute_standing() -> dict[str, Any]:
    """Return the open cases now by division, and the satisfaction index of the last quarters, as JSON."""
    now = clock.now()
    late = Q(due_at__lt=now)
    cases = Case.objects.filter(published()).exclude(state__in=ENDED).order_by()
    divisions: dict[str, Standing] = defaultdict(Standing)
    counted = cases.values_list("division", "state", "officer")
    for division, state, officer, *counts in counted.annotate(n=Count("pk"), late=Count("pk", filter=late)):
        standing = divisions[_key(division)]
        _add(standing.states[state], counts)
        if officer:
            _add(standing.officers[str(officer)], counts)
    for key, standing in divisions.items():
        oldest = cases.filter(late, division=int(key) if key else None).order_by("due_at", "pk")[:MAX_STUCK]
        standing.stuck = [[due.isoformat(), pk] for due, pk in oldest.values_list("due_at", "pk") if due]
    return {
        "divisions": {key: vars(standing) for key, standing in divisions.items()},
        "index": _compute_index(),
    }


def _add(totals: list[int], counts: Iterable[int]) -> None:
    totals[:] = [total + count for total, count in zip(totals, counts, strict=True)]


def _compute_index() -> list[tuple[str, int, int]]:
    """Return the last quarters, newest first: key, number of answers, and the sum of their elements.

    A quarter that accepts answers has none: nobody may see how one more answer changes the sum.
    """
    found = []
    quarter = Period.quarter_of(clock.today())
    for _number in range(QUARTERS):
        answers = list_answers(quarter, get_main_service(quarter)) if is_closed(quarter) else []
        found.append((quarter.key, len(answers), sum(add_up(answers).values())))
        quarter = quarter.quarter_before
    return found


def _key(division: int | None) -> str:
    return NONE if division is None else str(division)


def refresh_days(since: dt.date | None = None) -> None:
    """Compute the days from `since` (by default the first case) until today, and what is open now."""
    now, today = clock.now(), clock.today()
    if since is None:
        first = Case.objects.aggregate(first=Min("submitted_at"))["first"]
        since = min(timezone.localdate(first), today) if first else today
    flows = compute_flows(since, today)
    days = [since + dt.timedelta(days=offset) for offset in range((today - since).days + 1)]
    rows = [
        DailyFigures(
            day=day, computed_at=now, flow={key: vars(flow) for key, flow in flows.get(day, {}).items()}
        )
        for day in days
    ]
    DailyFigures.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["computed_at", "flow"],
    )
    DailyFigures.objects.filter(day=today).update(standing=compute_standing())


@task()
def refresh_daily_figures() -> None:
    """Compute the recent days, once a day all of them."""
    recent = clock.today() - RECENT
    first = DailyFigures.objects.order_by("day").first()
    is_current = first is not None and (
        first.day >= recent or timezone.localdate(first.computed_at) == clock.today()
    )
    refresh_days(recent if is_current else None)


def refresh_regularly() -> None:
    """Let a worker compute the figures every INTERVAL, started by one of the processes."""
    if cache.add("daily_figures", True, timeout=INTERVAL):
        refresh_daily_figures.enqueue()
