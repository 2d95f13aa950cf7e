"""Moments of working time counted from the present backwards and forwards."""

import datetime as dt

from office.worktime import WorkingTime

HALF_HOUR = dt.timedelta(minutes=30)


def before(moment: dt.datetime, minutes: int, work: WorkingTime) -> dt.datetime:
    """The moment from which on `minutes` of working time pass until `moment`."""
    return _known(work.subtract_minutes(moment, minutes))


def after(moment: dt.datetime, minutes: int, work: WorkingTime) -> dt.datetime:
    """The moment at which `minutes` of working time after `moment` have passed."""
    return _known(work.add_minutes(moment, minutes))


def _known(found: dt.datetime | None) -> dt.datetime:
    if found is None:
        raise ValueError("the office has no working hours")
    return found


def half_hour_of(moment: dt.datetime) -> dt.datetime:
    """The beginning of the half hour that holds `moment`."""
    return moment - dt.timedelta(
        minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond
    )
