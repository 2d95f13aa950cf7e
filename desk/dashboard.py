"""The dashboard (Dasbor) of the Kepala Dinas and of a Kepala Bidang, from stored figures of each day.

The cost of a page does not depend on the number of cases.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from consultations.models import Case
from consultations.pagination import only
from consultations.workflow import TURN
from desk.dashboard_figures import MONTHS_ABOVE, Count, Dashboard, DivisionRow, Part, QuarterIndex, Waiting
from office import clock, rights
from office.disclosure import MIN_GROUP_SIZE
from office.models import Division, Office, Role, User
from office.periods import Period
from reports.daily_figures import MAX_STUCK, DayFlow, refresh_days, refresh_regularly
from reports.figures_cache import is_small_office
from reports.models import DailyFigures
from reports.percentiles import Spread
from surveys.elements import ELEMENTS
from surveys.index import SCALE, half_up

SHOWN_STUCK = 6
MAX_OFFICERS = 40
STUCK = ("code", "subject", "agenda__year", "agenda__number", "state", "due_at")
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
    """Compute the first figures in a small office; a larger one waits for a worker."""
    if not is_small_office():
        refresh_regularly()
        return None
    refresh_days()
    return DailyFigures.objects.order_by("-day").first()


def _read_flows(
    since: dt.date, until: dt.date, keys: Sequence[str]
) -> tuple[dict[str, DayFlow], DayFlow, list[Part]]:
    """Return the flows of the period by division, the sum of the period before it, and its parts."""
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
    """Return the first day of the month, or the Monday of the week."""
    return day.replace(day=1) if in_months else day - dt.timedelta(days=day.weekday())


type Standings = Iterable[Mapping[str, Any]]


def _count(standing: Mapping[str, Any]) -> Count:
    return sum((Count(*counts) for counts in standing.get("states", {}).values()), Count())


def _get_late_before(day: dt.date, keys: Sequence[str]) -> int | None:
    """Return the number of late cases a week before a day, None if it was not stored."""
    standing = DailyFigures.objects.filter(day=day - WEEK).values_list("standing", flat=True).first()
    if not standing:
        return None
    return sum(_count(standing["divisions"].get(key, {})).late for key in keys)


def _add_up(standings: Standings, part: str) -> dict[str, Count]:
    """Return the sums of `states` or `officers` of several divisions."""
    total: dict[str, Count] = {}
    for standing in standings:
        for key, counts in standing.get(part, {}).items():
            total[key] = total.get(key, Count()) + Count(*counts)
    return total


def _list_waiting(standings: Standings) -> list[Waiting]:
    """Return the steps with waiting cases in the order of the standard."""
    counts = _add_up(standings, "states")
    return [Waiting(state, step, counts[state]) for state, step in TURN.items() if state in counts]


def _list_officers(standings: Standings) -> list[tuple[User, Count]]:
    """Return the officers with the most open cases."""
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
