"""Moments in working time relative to another moment."""

import datetime as dt

from office.worktime import WorkingTime

HALF_HOUR = dt.timedelta(minutes=30)


def subtract_minutes(moment: dt.datetime, minutes: int, work: WorkingTime) -> dt.datetime:
    """Return the moment `minutes` of working time before `moment`. Raise ValueError without open hours."""
    return _required(work.subtract_minutes(moment, minutes))


def add_minutes(moment: dt.datetime, minutes: int, work: WorkingTime) -> dt.datetime:
    """Return the moment `minutes` of working time after `moment`. Raise ValueError without open hours."""
    return _required(work.add_minutes(moment, minutes))


def _required(found: dt.datetime | None) -> dt.datetime:
    if found is None:
        raise ValueError("the office has no working hours")
    return found


def floor_to_half_hour(moment: dt.datetime) -> dt.datetime:
    """Return `moment` rounded down to a half hour."""
    return moment - dt.timedelta(
        minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond
    )
