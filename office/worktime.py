"""Working time (jam kerja) of the office: opening hours, breaks, seasons, holidays and closed days.

Deadlines count working minutes (`add_minutes`) or working days (`add_days`, hari kerja).
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from kit import clock
from kit.cache import caching_per_request, remembered
from office.models import ClosedDay, Office, OpeningHours, Season

MAX_DAYS = 750
"""Limit of days to search in either direction, because an office may have no opening hours at all."""


@lru_cache(maxsize=32)
def get_national_holidays(year: int) -> dict[dt.date, str]:
    """Return the national holidays and cuti bersama of a year, with their Indonesian names.

    Dates of the lunar calendar are estimates.
    """
    return dict(holidays.Indonesia(years=year, categories=("public", "government"), language="id"))


type Week = dict[int, OpeningHours]
"""Opening hours by weekday (Monday is 0). The office is closed on a weekday without an entry."""


@dataclass(frozen=True)
class WorkingTime:
    """The office's working time. Its methods make no query."""

    hours: Week
    closed: Mapping[dt.date, str]
    seasons: tuple[tuple[Season, Week], ...] = ()
    opened: frozenset[dt.date] = frozenset()

    @staticmethod
    def load() -> "WorkingTime":
        return _load()

    def week(self, day: dt.date) -> Week:
        """Return the opening hours that apply on a day: those of its season, else the ordinary ones."""
        for season, hours in self.seasons:
            if season.since <= day <= season.until:
                return hours
        return self.hours

    def get_holiday(self, day: dt.date) -> str | None:
        """Return the name of a holiday, or None. ClosedDay rows override national holidays."""
        if day in self.closed:
            return self.closed[day]
        return None if day in self.opened else get_national_holidays(day.year).get(day)

    def is_open(self, day: dt.date) -> bool:
        """Return whether the office works on a day."""
        return day.weekday() in self.week(day) and self.get_holiday(day) is None

    def spans(self, day: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Yield start and end of the working time before the break and after it; nothing if closed."""
        if not self.is_open(day):
            return
        hours = self.week(day)[day.weekday()]
        zone = timezone.get_current_timezone()
        for start, end in ((hours.opens, hours.break_starts), (hours.break_ends, hours.closes)):
            yield dt.datetime.combine(day, start, zone), dt.datetime.combine(day, end, zone)

    def minutes_between(self, start: dt.datetime, end: dt.datetime) -> int:
        """Return the working minutes from `start` to `end`, 0 if `end` is not later."""
        day, last, total = timezone.localdate(start), timezone.localdate(end), dt.timedelta()
        while day <= last:
            for opens, closes in self.spans(day):
                total += max(dt.timedelta(), min(closes, end) - max(opens, start))
            day += dt.timedelta(days=1)
        return total // dt.timedelta(minutes=1)

    def add_minutes(self, start: dt.datetime, minutes: int) -> dt.datetime | None:
        """Return the moment `minutes` working minutes after `start`, or None if MAX_DAYS are not enough."""
        left, first = dt.timedelta(minutes=minutes), timezone.localdate(start)
        for offset in range(MAX_DAYS):
            for opens, closes in self.spans(first + dt.timedelta(days=offset)):
                begin = max(opens, start)
                if begin + left <= closes and begin < closes:
                    return begin + left
                left -= max(dt.timedelta(), closes - begin)
        return None

    def subtract_minutes(self, end: dt.datetime, minutes: int) -> dt.datetime | None:
        """Return the moment `minutes` working minutes before `end`, or None if MAX_DAYS are not enough."""
        left, last = dt.timedelta(minutes=minutes), timezone.localdate(end)
        for offset in range(MAX_DAYS):
            for opens, closes in reversed(list(self.spans(last - dt.timedelta(days=offset)))):
                until = min(closes, end)
                if until - opens > left:
                    return until - left
                left -= max(dt.timedelta(), until - opens)
        return None

    def add_days(self, day: dt.date, days: int) -> dt.date | None:
        """Return the `days`-th working day after `day`, or None if there is none within MAX_DAYS.

        Less than one day counts as one, so the result is never `day` itself.
        """
        return self._nth_working_day(day, days, step=1)

    def subtract_days(self, day: dt.date, days: int) -> dt.date | None:
        """Return the `days`-th working day before `day`; otherwise like `add_days`."""
        return self._nth_working_day(day, days, step=-1)

    def _nth_working_day(self, day: dt.date, number: int, *, step: int) -> dt.date | None:
        for offset in range(1, MAX_DAYS):
            other = day + dt.timedelta(days=offset * step)
            if self.is_open(other):
                number -= 1
                if number <= 0:
                    return other
        return None

    def days_until(self, day: dt.date, *, today: dt.date) -> int:
        """Return the working days after `today` up to `day`; negative if `day` has passed."""
        first, last = sorted((today, day))
        between = (first + dt.timedelta(days=n) for n in range(1, (last - first).days + 1))
        count = sum(map(self.is_open, between))
        return count if day >= today else -count

    def includes(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Return whether the office works without a break from `start` to `end`."""
        return any(o <= start and end <= c for o, c in self.spans(timezone.localdate(start)))

    def first_fit(self, after: dt.datetime, minutes: int) -> dt.datetime | None:
        """Return the first start for an appointment of `minutes` without a break, not before `after`.

        The start is a full or half hour. Return None if none is found within MAX_DAYS.
        """
        first = timezone.localdate(after)
        for offset in range(MAX_DAYS):
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
        """Return today's opening hours in words: `Senin-Kamis 07.30-16.00 (istirahat 12.00-13.00); ...`."""
        days_by_times: dict[str, list[OpeningHours]] = {}
        for _weekday, row in sorted(self.week(clock.today()).items()):
            opens, pauses, resumes, closes = map(
                time_format, (row.opens, row.break_starts, row.break_ends, row.closes)
            )
            times, pause = f"{opens}-{closes}", f"{pauses}-{resumes}"
            key = _("%(times)s (istirahat %(pause)s)") % {"times": times, "pause": pause}
            days_by_times.setdefault(key, []).append(row)
        return "; ".join(f"{_weekdays(rows)} {times}" for times, rows in days_by_times.items())


def _weekdays(rows: list[OpeningHours]) -> str:
    """Return the weekdays of rows in order: `Senin-Kamis` for three or more in a row, else `Senin, Rabu`."""
    first, last = rows[0], rows[-1]
    if len(rows) > 2 and last.weekday - first.weekday == len(rows) - 1:
        return f"{first}-{last}"
    return ", ".join(str(row) for row in rows)


@remembered
def _load() -> WorkingTime:
    ordinary: Week = {}
    special: dict[Season, Week] = {}
    for row in OpeningHours.objects.select_related("season"):
        week = special.setdefault(row.season, {}) if row.season else ordinary
        week[row.weekday] = row
    own = [*ClosedDay.objects.values_list("day", "reason", "is_open")]
    closed = {day: reason for day, reason, is_open in own if not is_open}
    opened = frozenset(day for day, _reason, is_open in own if is_open)
    return WorkingTime(ordinary, closed, tuple(special.items()), opened)


NO_TIME = dt.timedelta()


class WorkingMinutes:
    """A faster `WorkingTime.minutes_between` for many moments in a range of days.

    `minutes_between` walks day by day. This class adds up the days once and finds each moment by binary
    search: 1 µs instead of 50 µs for waits of one to two weeks. Time outside the range counts as closed.
    """

    def __init__(self, working_time: WorkingTime, since: dt.date, until: dt.date) -> None:
        self._opens: list[dt.datetime] = []
        self._closes: list[dt.datetime] = []
        self._totals: list[dt.timedelta] = []
        total = NO_TIME
        for offset in range((until - since).days + 1):
            for opens, closes in working_time.spans(since + dt.timedelta(days=offset)):
                # Moments in the same time zone compare several times faster. The database returns UTC.
                self._opens.append(opens.astimezone(dt.UTC))
                self._closes.append(closes.astimezone(dt.UTC))
                self._totals.append(total)
                total += closes - opens

    def _total(self, moment: dt.datetime) -> dt.timedelta:
        span = bisect_right(self._opens, moment) - 1
        if span < 0:
            return NO_TIME
        return self._totals[span] + (min(self._closes[span], moment) - self._opens[span])

    def between(self, start: dt.datetime, end: dt.datetime) -> int:
        """Return the working minutes from `start` to `end`, 0 if `end` is not later."""
        return max(NO_TIME, self._total(end) - self._total(start)) // dt.timedelta(minutes=1)


def get_zone() -> ZoneInfo:
    """Return the time zone of the office."""
    return ZoneInfo(Office.load().zone)


@contextmanager
def in_office() -> Iterator[None]:
    """Run a block in the office's time zone. The block reads the version of cached data at most once."""
    with caching_per_request(), timezone.override(get_zone()):
        yield


class ZoneMiddleware:
    """Show and read moments of a request in the office's time zone.

    The zone is read after the user, because the query of the user also reads the version of cached data.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with timezone.override(None):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        timezone.activate(get_zone())
