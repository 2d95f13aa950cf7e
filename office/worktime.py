"""Working time: what the clock of a deadline counts (jam kerja, WIB)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import holidays
from django.utils import timezone

from office.models import ClosedDay, OpeningHours

LOOK_AHEAD_DAYS = 750


@lru_cache(maxsize=32)
def _national_holidays(year: int) -> frozenset[dt.date]:
    """National holidays and cuti bersama of a year."""
    return frozenset(holidays.Indonesia(years=year, categories=("public", "government"), language="id"))


@dataclass(frozen=True)
class WorkingTime:
    """The office's working hours, read once with `WorkingTime.load()` and then only calculated with."""

    hours: dict[int, OpeningHours]
    closed: frozenset[dt.date]

    @classmethod
    def load(cls) -> "WorkingTime":
        return cls(
            hours={row.weekday: row for row in OpeningHours.objects.all()},
            closed=frozenset(ClosedDay.objects.values_list("day", flat=True)),
        )

    def is_open(self, day: dt.date) -> bool:
        return (
            day.weekday() in self.hours and day not in self.closed and day not in _national_holidays(day.year)
        )

    def spans(self, day: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """The working spans of a day: before the break and after it."""
        if not self.is_open(day):
            return
        hours = self.hours[day.weekday()]
        zone = timezone.get_default_timezone()
        for start, end in ((hours.opens, hours.break_starts), (hours.break_ends, hours.closes)):
            yield dt.datetime.combine(day, start, zone), dt.datetime.combine(day, end, zone)

    def minutes_between(self, start: dt.datetime, end: dt.datetime) -> int:
        """Working minutes from `start` to `end`; 0 where `end` is not later."""
        day, last, total = timezone.localdate(start), timezone.localdate(end), dt.timedelta()
        while day <= last:
            for opens, closes in self.spans(day):
                total += max(dt.timedelta(), min(closes, end) - max(opens, start))
            day += dt.timedelta(days=1)
        return int(total.total_seconds() // 60)

    def add_minutes(self, start: dt.datetime, minutes: int) -> dt.datetime | None:
        """The moment at which `minutes` of working time after `start` have passed.

        None where the office has no working hours within two years (none were entered).
        """
        left, first = dt.timedelta(minutes=minutes), timezone.localdate(start)
        for offset in range(LOOK_AHEAD_DAYS):
            for opens, closes in self.spans(first + dt.timedelta(days=offset)):
                begin = max(opens, start)
                if begin + left <= closes and begin < closes:
                    return begin + left
                left -= max(dt.timedelta(), closes - begin)
        return None

    def includes(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Whether the whole of [start, end] lies within one working span of one day."""
        return any(o <= start and end <= c for o, c in self.spans(timezone.localdate(start)))
