"""Half hours, the unit of all reservations."""

import datetime as dt
from collections.abc import Iterator

HALF_HOUR = dt.timedelta(minutes=30)


def half_hours_between(start: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
    """Yield the start of each half hour that the time from `start` to `end` touches."""
    moment = start.replace(minute=start.minute // 30 * 30, second=0, microsecond=0)
    while moment < end:
        yield moment
        moment += HALF_HOUR
