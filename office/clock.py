"""The one clock of Rembuk, so that demo data and tests can live through half a year in a minute."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_set_to: ContextVar[dt.datetime | None] = ContextVar("clock_set_to", default=None)


def now() -> dt.datetime:
    """The present moment, or the moment the clock was set to."""
    return _set_to.get() or timezone.now()


def today() -> dt.date:
    """The present date in the office's time zone (WIB)."""
    return timezone.localdate(now())


@contextmanager
def set_to(moment: dt.datetime) -> Iterator[None]:
    """Let the clock stand at `moment` (aware) within the block. For demo data and tests."""
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)


def midnight(day: dt.date) -> dt.datetime:
    """The moment at which a day begins (WIB)."""
    return dt.datetime.combine(day, dt.time(), timezone.get_default_timezone())
