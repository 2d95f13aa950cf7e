"""The time source of Rembuk. Demo data and tests can set it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone
from django.utils.formats import date_format

FIRST_DAY, LAST_DAY = dt.date(1970, 1, 1), dt.date(9998, 12, 31)
"""Range of days that every database can convert to any time zone."""

_set_to: ContextVar[dt.datetime | None] = ContextVar("clock_set_to", default=None)


def now() -> dt.datetime:
    """Return the present moment, or the one that `set_to` has set."""
    return _set_to.get() or timezone.now()


def today() -> dt.date:
    """Return the present date in the current time zone."""
    return timezone.localdate(now())


@contextmanager
def set_to(moment: dt.datetime | None) -> Iterator[None]:
    """Make `now` return `moment` (aware) within the block; None is the present. For demo data and tests."""
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)


def format_moment(moment: dt.datetime) -> str:
    """Return a moment with its weekday: `Kamis, 26 November 2026, 09.30 WIB`."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'l')}, {date_format(local, 'DATETIME_FORMAT')}"


def midnight(day: dt.date) -> dt.datetime:
    """Return the start of a day in the current time zone."""
    return dt.datetime.combine(day, dt.time(), timezone.get_current_timezone())
