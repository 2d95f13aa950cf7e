"""Busy times of people in the coming weeks, shown beside the form that plans a session."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from office import clock
from office.models import User
from scheduling.models import Session, Slot

DAYS_SHOWN = 21


@dataclass
class BusyTime:
    """Adjacent half hours of one person's day, numbered from midnight; `end` is free again."""

    user: User
    day: dt.date
    first: int
    end: int

    @property
    def hours(self) -> str:
        """Start and end in WIB."""
        return "–".join(f"{half // 2:02}.{half % 2 * 30:02}" for half in (self.first, self.end))


def list_busy_times(people: Iterable[User], *, excluding: Session | None = None) -> list[BusyTime]:
    """Return when one of `people` has a session in the next three weeks, by day and hour."""
    today = clock.today()
    slots = Slot.objects.filter(
        user__in=list(people), day__range=(today, today + dt.timedelta(days=DAYS_SHOWN))
    ).select_related("user")
    if excluding:
        slots = slots.exclude(session=excluding)
    times: list[BusyTime] = []
    for slot in slots.order_by("day", "user", "half_hour"):
        last = times[-1] if times else None
        if last and (last.user, last.day, last.end) == (slot.user, slot.day, slot.half_hour):
            last.end += 1
        else:
            times.append(BusyTime(slot.user, slot.day, slot.half_hour, slot.half_hour + 1))
    return sorted(times, key=lambda time: (time.day, time.first))
