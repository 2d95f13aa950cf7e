"""The periods of the survey: the whole ones, those to choose from, what a period is called."""

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


def quarter_of(day: dt.date) -> tuple[dt.date, dt.date]:
    return months(day.year, (day.month - 1) // 3 * 3 + 1, 3)


def offered(year: int, first: dt.date) -> list[list[tuple[dt.date, dt.date]]]:
    """What to choose from, row by row: years from the day `first` on, half-years and quarters of one year.

    Only those that have begun.
    """
    today = clock.today()
    years = [months(number, 1, 12) for number in range(today.year, first.year - 1, -1)]
    halves, quarters = ([months(year, start, length) for start in range(1, 13, length)] for length in (6, 3))
    return [
        [(since, until) for since, until in row if since <= today and until >= first]
        for row in (years, halves, quarters)
    ]


def quarters(since: dt.date, until: dt.date) -> list[tuple[dt.date, dt.date]]:
    """The quarters of a whole period; any other is its own only part."""
    if not is_whole(since, until):
        return [(since, until)]
    return [months(since.year, start, 3) for start in range(since.month, until.month, 3)]


def is_whole(since: dt.date, until: dt.date) -> bool:
    """Whether it is a quarter, a half-year or a year: only these are shown and published."""
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
