"""Busy times of people and rooms in the coming weeks, shown beside the form that plans a session."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from office import clock
from office.models import Room, User
from scheduling.models import Session, Slot

DAYS_SHOWN = 21


@dataclass
class BusyTime:
    """Adjacent half hours of one holder's day, numbered from midnight; `end` is free again."""

    holder: User | Room | None
    day: dt.date
    first: int
    end: int

    @property
    def hours(self) -> str:
        """Start and end in the office's zone."""
        return "–".join(f"{half // 2:02}.{half % 2 * 30:02}" for half in (self.first, self.end))


def list_busy_times(slots: QuerySet[Slot], *, excluding: Session | None = None) -> list[BusyTime]:
    """Return when the holders of `slots` have a session in the next three weeks, by day and hour."""
    today = clock.today()
    slots = slots.filter(day__range=(today, today + dt.timedelta(days=DAYS_SHOWN)))
    if excluding:
        slots = slots.exclude(session=excluding)
    times: list[BusyTime] = []
    for slot in slots.select_related("user", "room").order_by("day", "user", "room", "half_hour"):
        last = times[-1] if times else None
        if last and (last.holder, last.day, last.end) == (slot.holder, slot.day, slot.half_hour):
            last.end += 1
        else:
            times.append(BusyTime(slot.holder, slot.day, slot.half_hour, slot.half_hour + 1))
    return sorted(times, key=lambda time: (time.day, time.first))
