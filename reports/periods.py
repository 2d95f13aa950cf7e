"""Periods of the statistics: the last twelve months, a year, a quarter, a month."""

import datetime as dt
import re
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from office import clock
from surveys import periods

LAST_TWELVE_MONTHS = "12-bulan"
"""Key of the period that ends today. The other keys are `2026`, `2026-Q4`, `2026-11`."""

KEY_FORMAT = re.compile(r"(?P<year>[1-9]\d{3})(-(Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?", re.ASCII)


@dataclass(frozen=True)
class Period:
    """First and last day (WIB). The key is used in addresses and in the cache."""

    key: str
    since: dt.date
    until: dt.date

    @classmethod
    def of(cls, key: str, *, today: dt.date | None = None) -> "Period | None":
        """Return the period of a key, or None if the key is unknown or the period has not begun."""
        today = today or clock.today()
        if key == LAST_TWELVE_MONTHS:
            _first, last = periods.months(today.year - 1, today.month, 1)
            return cls(key, last.replace(day=min(today.day, last.day)) + dt.timedelta(days=1), today)
        if not (match := KEY_FORMAT.fullmatch(key)):
            return None
        first, how_many = 1, 12
        if match["quarter"]:
            first, how_many = int(match["quarter"]) * 3 - 2, 3
        elif match["month"]:
            first, how_many = int(match["month"]), 1
        since, until = periods.months(int(match["year"]), first, how_many)
        return cls(key, since, until) if since <= today else None

    @property
    def start(self) -> dt.datetime:
        """First moment of the period."""
        return dt.datetime.combine(self.since, dt.time(), timezone.get_default_timezone())

    @property
    def end(self) -> dt.datetime:
        """First moment after the period."""
        return dt.datetime.combine(
            self.until + dt.timedelta(days=1), dt.time(), timezone.get_default_timezone()
        )

    @property
    def is_over(self) -> bool:
        return self.until < clock.today()

    @property
    def title(self) -> str:
        """Name of the period, e.g. `Triwulan IV 2026`."""
        if self.key == LAST_TWELVE_MONTHS:
            return _("12 bulan terakhir")
        if self.since.month == self.until.month:
            return date_format(self.since, "F Y")
        return periods.name(self.since, self.until)


def list_choices(chosen: Period, first: dt.date) -> list[list[Period]]:
    """Return the periods to choose from in three rows, from the day `first` on.

    The rows are all years, then the quarters and the months of the chosen year.
    """
    year = chosen.until.year
    years = [LAST_TWELVE_MONTHS, *(str(number) for number in range(clock.today().year, first.year - 1, -1))]
    quarters = [f"{year}-Q{number}" for number in range(1, 5)]
    months = [f"{year}-{number:02}" for number in range(1, 13)]
    rows = [[Period.of(key) for key in keys] for keys in (years, quarters, months)]
    return [[period for period in row if period and period.until >= first] for row in rows]
