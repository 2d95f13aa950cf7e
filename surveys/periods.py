"""The periods of the survey: the usual ones to choose from, the whole ones, what a period is called."""

import calendar
import datetime as dt

from django.utils.translation import gettext as _

from office import clock
from office.templatetags.dates import short_date

ROMAN = ("I", "II", "III", "IV")


def months(year: int, first: int, how_many: int) -> tuple[dt.date, dt.date]:
    """First and last day of some months on end."""
    last = first + how_many - 1
    return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def usual() -> list[tuple[dt.date, dt.date]]:
    """What is mostly asked for: the quarter, the half-year and the year of today, and those before."""
    today = clock.today()
    return [*_running_and_last(today, 3), *_running_and_last(today, 6), *_running_and_last(today, 12)]


def _running_and_last(today: dt.date, length: int) -> list[tuple[dt.date, dt.date]]:
    running = months(today.year, (today.month - 1) // length * length + 1, length)
    before = running[0] - dt.timedelta(days=1)
    return [running, months(before.year, before.month - length + 1, length)]


def is_whole(since: dt.date, until: dt.date) -> bool:
    """Whether it is a quarter, a half-year or a year: only of these a result is published."""
    return any(_is_part(since, until, length) for length in (3, 6, 12))


def _is_part(since: dt.date, until: dt.date, length: int) -> bool:
    """Whether it is one of the parts of so many months into which a year falls."""
    return (since.month - 1) % length == 0 and (since, until) == months(since.year, since.month, length)


def name(since: dt.date, until: dt.date) -> str:
    """A period in words: `Triwulan IV 2026`, `Semester II 2026`, `Tahun 2026`, or its first and last day."""
    year = since.year
    if _is_part(since, until, 12):
        return _("Tahun %(year)s") % {"year": year}
    for length, words in ((3, _("Triwulan")), (6, _("Semester"))):
        if _is_part(since, until, length):
            return f"{words} {ROMAN[(since.month - 1) // length]} {year}"
    return f"{short_date(since)} – {short_date(until)}"
