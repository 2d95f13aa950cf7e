"""What becomes of each made-up case: its state today, when it came in, and its agenda numbers."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone

from consultations.enums import Channel, State
from consultations.models import AgendaEntry, NumberBook

YEARS = 6
DAY = dt.timedelta(days=1)

# Of the cases that are still open, from the oldest to the newest.
OPEN: dict[State, int] = {
    State.FORWARDED: 8,
    State.REPORTED: 10,
    State.HELD: 14,
    State.IN_SESSION: 1,
    State.SCHEDULED: 18,
    State.PREPARED: 8,
    State.ASSIGNED: 12,
    State.DISPOSED: 8,
    State.REGISTERED: 7,
    State.INCOMPLETE: 6,
    State.SUBMITTED: 8,
}
ENDED: dict[State, int] = {State.CLOSED: 930, State.DECLINED: 15, State.WITHDRAWN: 15}
NEVER_REGISTERED = (State.SUBMITTED, State.INCOMPLETE, State.WITHDRAWN)
WALK_IN_FROM = (State.ASSIGNED, State.IN_SESSION, State.HELD, State.REPORTED, State.FORWARDED, State.CLOSED)


@dataclass
class Plan:
    """What becomes of one case. `registered` is when it got each of its agenda numbers."""

    state: State
    submitted: dt.datetime
    channel: str
    sent_back: bool
    registered: list[dt.datetime]
    numbers: list[tuple[int, int]] = field(default_factory=list)

    @property
    def is_walk_in(self) -> bool:
        return self.channel == Channel.WALK_IN


def working(moment: dt.datetime) -> dt.datetime:
    """The same moment, or where nobody works then the next at which somebody does."""
    local = timezone.localtime(moment)
    if local.hour >= 16:
        local = local.replace(hour=8) + DAY
    elif local.hour < 8:
        local = local.replace(hour=8)
    while local.weekday() > 4:
        local += DAY
    return local


def make_plans(rng: random.Random, count: int, *, until: dt.datetime, open_share: float) -> list[Plan]:
    """Plans in the order in which the cases came in, spread over the years before `until`."""
    plans, span = [], YEARS * 365 * DAY
    for n, state in enumerate(_states(rng, count, round(count * open_share))):
        submitted = until - span + span * (n + rng.random()) / (count + 1)
        channel = _channel(rng, state)
        sent_back = state == State.INCOMPLETE or (channel != Channel.WALK_IN and rng.random() < 0.08)
        if channel == Channel.WALK_IN:
            registered = [submitted := working(submitted)]
        elif state in NEVER_REGISTERED:
            registered = []
        else:
            registered = [working(submitted + (3 * DAY if sent_back else DAY) * rng.uniform(0.1, 1))]
            if rng.random() < 0.005:  # the first number is voided
                registered.append(registered[0] + dt.timedelta(minutes=40))
        registered = [min(moment, until) for moment in registered]
        plans.append(Plan(state, min(submitted, until), channel, sent_back, registered))
    _number(plans)
    return plans


def _states(rng: random.Random, count: int, still_open: int) -> Iterable[State]:
    ended = rng.choices([*ENDED], [*ENDED.values()], k=count - still_open)
    reached = rng.choices([*OPEN], [*OPEN.values()], k=still_open)
    return [*ended, *sorted(reached, key=[*OPEN].index)]


def _channel(rng: random.Random, state: State) -> str:
    if state in WALK_IN_FROM and rng.random() < 0.08:
        return Channel.WALK_IN
    return rng.choices([Channel.ONLINE, Channel.LETTER, Channel.COUNTER], [60, 30, 10])[0]


def _number(plans: list[Plan]) -> None:
    """Give the agenda numbers in the order of registration, without gaps, after those already taken."""
    taken = dict(AgendaEntry.objects.order_by("year", "number").values_list("year", "number"))
    wanted = sorted((moment, n) for n, plan in enumerate(plans) for moment in plan.registered)
    last = defaultdict(int, taken)
    for moment, n in wanted:
        year = timezone.localdate(moment).year
        last[year] += 1
        plans[n].numbers.append((year, last[year]))
    keep_book(NumberBook.Series.AGENDA, last)


def keep_book(series: str, last: dict[int, int]) -> None:
    """Write down the last number that each year has reached."""
    for year, number in last.items():
        NumberBook.objects.update_or_create(series=series, year=year, defaults={"taken": number})
