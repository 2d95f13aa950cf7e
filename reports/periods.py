"""The periods of the figures: the last twelve months, a year, a quarter, a month."""

import datetime as dt
import re
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from office import clock
from surveys import periods

LAST_TWELVE_MONTHS = "12-bulan"
"""The key of the period that ends today; the others are `2026`, `2026-Q4`, `2026-11`."""

FORM = re.compile(r"(?P<year>[1-9]\d{3})(-(Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?", re.ASCII)


@dataclass(frozen=True)
class Period:
    """First and last day (WIB), and the key under which the figures are kept and asked for."""

    key: str
    since: dt.date
    until: dt.date

    @classmethod
    def of(cls, key: str, *, today: dt.date | None = None) -> "Period | None":
        """The period of a key as it is today or was on a day; None for no key, or a period not yet begun."""
        today = today or clock.today()
        if key == LAST_TWELVE_MONTHS:
            return cls(key, _year_before(today), today)
        if not (match := FORM.fullmatch(key)):
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
        """The moment at which the period begins."""
        return dt.datetime.combine(self.since, dt.time(), timezone.get_default_timezone())

    @property
    def end(self) -> dt.datetime:
        """The first moment that does not belong to it any more."""
        return dt.datetime.combine(
            self.until + dt.timedelta(days=1), dt.time(), timezone.get_default_timezone()
        )

    @property
    def is_over(self) -> bool:
        return self.until < clock.today()

    @property
    def year(self) -> int:
        return self.until.year

    @property
    def title(self) -> str:
        """The period in words: `Triwulan IV 2026`."""
        if self.key == LAST_TWELVE_MONTHS:
            return _("12 bulan terakhir")
        if self.since.month == self.until.month:
            return date_format(self.since, "F Y")
        return periods.name(self.since, self.until)


def _year_before(day: dt.date) -> dt.date:
    """The first day of the twelve months that end with `day`."""
    _first, last = periods.months(day.year - 1, day.month, 1)
    return last.replace(day=min(day.day, last.day)) + dt.timedelta(days=1)


def offered(chosen: Period, first: dt.date) -> list[list[Period]]:
    """What to choose from, row by row: years from the day `first` on, quarters and months of the chosen."""
    today = clock.today()
    years = [LAST_TWELVE_MONTHS, *(str(year) for year in range(today.year, first.year - 1, -1))]
    quarters = [f"{chosen.year}-Q{number}" for number in range(1, 5)]
    months = [f"{chosen.year}-{number:02}" for number in range(1, 13)]
    rows = [[Period.of(key) for key in keys] for keys in (years, quarters, months)]
    return [[period for period in row if period and period.until >= first] for row in rows]
