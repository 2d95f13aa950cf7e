"""Moments of working time counted from the present backwards and forwards."""

import datetime as dt

from django.utils import timezone

from office.worktime import WorkingTime

HALF_HOUR = dt.timedelta(minutes=30)


def before(moment: dt.datetime, minutes: int, work: WorkingTime) -> dt.datetime:
    """The moment from which on `minutes` of working time pass until `moment`."""
    left, day = dt.timedelta(minutes=minutes), timezone.localdate(moment)
    while True:
        for opens, closes in reversed(list(work.spans(day))):
            end = min(closes, moment)
            if end - opens > left:
                return end - left
            left -= max(dt.timedelta(), end - opens)
        day -= dt.timedelta(days=1)


def after(moment: dt.datetime, minutes: int, work: WorkingTime) -> dt.datetime:
    """The moment at which `minutes` of working time after `moment` have passed."""
    found = work.add_minutes(moment, minutes)
    if found is None:
        raise ValueError("the office has no working hours")
    return found


def half_hour_of(moment: dt.datetime) -> dt.datetime:
    """The beginning of the half hour that holds `moment`."""
    return moment - dt.timedelta(
        minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond
    )
