"""Which times of the coming days a person has already given to consultations."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from office import clock
from office.models import User
from scheduling.models import Session, Slot

DAYS_AHEAD = 21


@dataclass
class TimeTaken:
    """A run of half hours of one person's day, counted from midnight; `end` is no longer taken."""

    user: User
    day: dt.date
    first: int
    end: int

    @property
    def hours(self) -> str:
        """From when to when, e.g. `09.00-10.30` (WIB)."""
        return "–".join(f"{half // 2:02}.{half % 2 * 30:02}" for half in (self.first, self.end))


def times_taken(people: Iterable[User], *, apart_from: Session | None = None) -> list[TimeTaken]:
    """The times of the next three weeks in which one of `people` has a session, by day and hour."""
    today = clock.today()
    slots = Slot.objects.filter(
        user__in=list(people), day__range=(today, today + dt.timedelta(days=DAYS_AHEAD))
    ).select_related("user")
    if apart_from:
        slots = slots.exclude(session=apart_from)
    runs: list[TimeTaken] = []
    for slot in slots.order_by("day", "user", "half_hour"):
        last = runs[-1] if runs else None
        if last and (last.user, last.day, last.end) == (slot.user, slot.day, slot.half_hour):
            last.end += 1
        else:
            runs.append(TimeTaken(slot.user, slot.day, slot.half_hour, slot.half_hour + 1))
    return sorted(runs, key=lambda run: (run.day, run.first))
