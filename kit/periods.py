"""Periods of statistics: months, quarters, years and the last twelve months."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kit import clock

LAST_TWELVE_MONTHS = "12-bulan"
"""The key of the period that ends today. The other keys are `2026`, `2026-Q4` and `2026-11`."""

KEY = re.compile(r"(?P<year>[1-9]\d{3})(-(Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?", re.ASCII)

ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True)
class Period:
    """A period with its first and last day, both included. `key` names it in URLs and caches."""

    key: str
    since: dt.date
    until: dt.date

    @classmethod
    def of(cls, key: str, *, today: dt.date | None = None) -> "Period | None":
        """Return the period with this key, or None if the key is unknown or the period has not begun.

        `today` replaces the present date.
        """
        today = today or clock.today()
        if key == LAST_TWELVE_MONTHS:
            return cls(key, _year_before(today), today)
        if not (match := KEY.fullmatch(key)):
            return None
        year = int(match["year"])
        if match["quarter"]:
            period = _months(year, int(match["quarter"]) * 3 - 2, 3)
        else:
            period = _months(year, int(match["month"] or 1), 1 if match["month"] else 12)
        return period if period.since <= today else None

    @classmethod
    def quarter_of(cls, day: dt.date) -> "Period":
        return _months(day.year, (day.month - 1) // 3 * 3 + 1, 3)

    @classmethod
    def year_of(cls, day: dt.date) -> "Period":
        return _months(day.year, 1, 12)

    @classmethod
    def between(cls, since: dt.date, until: dt.date) -> "Period":
        """Return the quarter or year with this first and last day. Raise ValueError if there is none."""
        for period in (cls.year_of(since), cls.quarter_of(since)):
            if (period.since, period.until) == (since, until):
                return period
        raise ValueError(f"{since} to {until} is neither a quarter nor a year")

    @property
    def quarters(self) -> "list[Period]":
        """Quarters of this period: four of a year, one of a quarter, none of other periods."""
        if self == Period.quarter_of(self.since):
            return [self]
        if self == Period.year_of(self.since):
            return [_months(self.since.year, month, 3) for month in (1, 4, 7, 10)]
        return []

    @property
    def quarter_before(self) -> "Period":
        """The quarter of the day before this period."""
        return Period.quarter_of(self.since - dt.timedelta(days=1))

    @property
    def start(self) -> dt.datetime:
        """Midnight before the first day (current time zone)."""
        return clock.midnight(self.since)

    @property
    def end(self) -> dt.datetime:
        """Midnight after the last day (current time zone)."""
        return clock.midnight(self.until + dt.timedelta(days=1))

    @property
    def is_over(self) -> bool:
        return self.until < clock.today()

    @property
    def year(self) -> int:
        return self.until.year

    @property
    def title(self) -> str:
        """The period in words: `Triwulan IV 2026`, `Tahun 2026`, `November 2026`."""
        if self.key == LAST_TWELVE_MONTHS:
            return _("12 bulan terakhir")
        if self.since.month == self.until.month:
            return date_format(self.since, "F Y")
        if "Q" in self.key:
            return f"{_('Triwulan')} {ROMAN[self.since.month // 3]} {self.year}"
        return _("Tahun %(year)s") % {"year": self.year}


def list_periods(year: int, first: dt.date) -> list[list[Period]]:
    """Return all years, then the quarters and the months of one year, as three lists.

    Periods that have not begun, or that ended before the day `first`, are left out.
    """
    today = clock.today()
    years = [_months(number, 1, 12) for number in range(today.year, first.year - 1, -1)]
    quarters, months = ([_months(year, month, length) for month in range(1, 13, length)] for length in (3, 1))
    return [
        [period for period in row if period.since <= today and period.until >= first]
        for row in (years, quarters, months)
    ]


def _months(year: int, first: int, length: int) -> Period:
    """Return the month (`length` 1), quarter (3) or year (12) that begins with the month `first`."""
    last = first + length - 1
    key = {1: f"{year}-{first:02}", 3: f"{year}-Q{last // 3}", 12: f"{year}"}[length]
    return Period(key, dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1]))


def _year_before(day: dt.date) -> dt.date:
    last = _months(day.year - 1, day.month, 1).until
    return last.replace(day=min(day.day, last.day)) + dt.timedelta(days=1)
