"""Working time: what the clock of a deadline counts (jam kerja, WIB)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import holidays
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from office import clock
from office.models import ClosedDay, OpeningHours, Season

LOOK_AHEAD_DAYS = 750


@lru_cache(maxsize=32)
def _national_holidays(year: int) -> frozenset[dt.date]:
    """National holidays and cuti bersama of a year; those that follow the moon estimated ahead of time."""
    return frozenset(holidays.Indonesia(years=year, categories=("public", "government"), language="id"))


type Week = dict[int, OpeningHours]
"""The hours of each weekday on which the office works."""


@dataclass(frozen=True)
class WorkingTime:
    """The office's working hours, read once with `WorkingTime.load()` and then only calculated with."""

    hours: Week
    closed: frozenset[dt.date]
    seasons: tuple[tuple[Season, Week], ...] = ()
    opened: frozenset[dt.date] = frozenset()

    @classmethod
    def load(cls) -> "WorkingTime":
        ordinary: Week = {}
        special: dict[Season, Week] = {}
        for row in OpeningHours.objects.select_related("season"):
            week = special.setdefault(row.season, {}) if row.season else ordinary
            week[row.weekday] = row
        own = dict(ClosedDay.objects.values_list("day", "is_open"))
        opened = frozenset(day for day, is_open in own.items() if is_open)
        return cls(ordinary, frozenset(own) - opened, tuple(special.items()), opened)

    def week(self, day: dt.date) -> Week:
        """The hours of the week in which a day lies: those of its season, where it is in one."""
        for season, hours in self.seasons:
            if season.since <= day <= season.until:
                return hours
        return self.hours

    def is_open(self, day: dt.date) -> bool:
        """Whether the office works on a day; what it has entered itself goes before the calendar."""
        is_free = day in self.closed or (day not in self.opened and day in _national_holidays(day.year))
        return day.weekday() in self.week(day) and not is_free

    def spans(self, day: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """The working spans of a day: before the break and after it."""
        if not self.is_open(day):
            return
        hours = self.week(day)[day.weekday()]
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

    def subtract_minutes(self, end: dt.datetime, minutes: int) -> dt.datetime | None:
        """The moment from which on `minutes` of working time pass until `end`.

        None where the office had no working hours within two years (none were entered).
        """
        left, last = dt.timedelta(minutes=minutes), timezone.localdate(end)
        for offset in range(LOOK_AHEAD_DAYS):
            for opens, closes in reversed(list(self.spans(last - dt.timedelta(days=offset)))):
                until = min(closes, end)
                if until - opens > left:
                    return until - left
                left -= max(dt.timedelta(), until - opens)
        return None

    def add_days(self, day: dt.date, days: int) -> dt.date | None:
        """The `days`-th working day (hari kerja) after `day`; None where the office is never open.

        It is never `day` itself: less than one day is answered as one day is.
        """
        for offset in range(1, LOOK_AHEAD_DAYS):
            later = day + dt.timedelta(days=offset)
            if self.is_open(later):
                days -= 1
                if days <= 0:
                    return later
        return None

    def subtract_days(self, day: dt.date, days: int) -> dt.date | None:
        """The `days`-th working day before `day`, never `day` itself; None where it was never open."""
        for offset in range(1, LOOK_AHEAD_DAYS):
            earlier = day - dt.timedelta(days=offset)
            if self.is_open(earlier):
                days -= 1
                if days <= 0:
                    return earlier
        return None

    def days_until(self, day: dt.date, *, today: dt.date) -> int:
        """Working days after `today` up to `day`; below 0 those that have passed since `day`."""
        first, last = sorted((today, day))
        between = (first + dt.timedelta(days=n) for n in range(1, (last - first).days + 1))
        passed = sum(self.is_open(moment) for moment in between)
        return passed if day >= today else -passed

    def includes(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Whether the whole of [start, end] lies within one working span of one day."""
        return any(o <= start and end <= c for o, c in self.spans(timezone.localdate(start)))

    def first_fit(self, after: dt.datetime, minutes: int) -> dt.datetime | None:
        """The first full or half hour from `after` on at which `minutes` fit into one working span.

        None where there is none within two years.
        """
        first = timezone.localdate(after)
        for offset in range(LOOK_AHEAD_DAYS):
            for opens, closes in self.spans(first + dt.timedelta(days=offset)):
                late = max(opens, timezone.localtime(after, opens.tzinfo))
                start = late + dt.timedelta(minutes=-late.minute % 30)
                start = start.replace(second=0, microsecond=0)
                if start < late:
                    start += dt.timedelta(minutes=30)
                if start + dt.timedelta(minutes=minutes) <= closes:
                    return start
        return None

    def sentence(self) -> str:
        """Today's hours as a notice at the door: `Senin-Kamis 07.30-16.00 (istirahat 12.00-13.00); ...`."""
        days_with: dict[str, list[OpeningHours]] = {}
        for _weekday, row in sorted(self.week(clock.today()).items()):
            opens, pauses, resumes, closes = map(
                time_format, (row.opens, row.break_starts, row.break_ends, row.closes)
            )
            times, pause = f"{opens}-{closes}", f"{pauses}-{resumes}"
            key = _("%(times)s (istirahat %(pause)s)") % {"times": times, "pause": pause}
            days_with.setdefault(key, []).append(row)
        return "; ".join(f"{_span(rows)} {times}" for times, rows in days_with.items())


def _span(rows: list[OpeningHours]) -> str:
    """Weekdays that have the same hours, in the short way in which people say it."""
    first, last = rows[0], rows[-1]
    if len(rows) > 2 and last.weekday - first.weekday == len(rows) - 1:
        return f"{first}-{last}"
    return ", ".join(str(row) for row in rows)
