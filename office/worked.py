"""Working minutes of many spans of time: summed up once, then looked up."""

import datetime as dt
from bisect import bisect_right

from office.worktime import WorkingTime

NOTHING = dt.timedelta()


class WorkedMinutes:
    """What `WorkingTime.minutes_between` says, for moments from the day `since` to the day `until` (WIB).

    That walks day by day; this sums up the days once and then finds each moment by halving. Time outside
    the days counts as closed.
    """

    def __init__(self, working_time: WorkingTime, since: dt.date, until: dt.date) -> None:
        self._opens: list[dt.datetime] = []
        self._closes: list[dt.datetime] = []
        self._before: list[dt.timedelta] = []
        total = NOTHING
        for offset in range((until - since).days + 1):
            for opens, closes in working_time.spans(since + dt.timedelta(days=offset)):
                # Moments of one time zone compare several times faster; those of the database are in UTC.
                self._opens.append(opens.astimezone(dt.UTC))
                self._closes.append(closes.astimezone(dt.UTC))
                self._before.append(total)
                total += closes - opens

    def _worked(self, moment: dt.datetime) -> dt.timedelta:
        """The working time from the first day on up to a moment."""
        span = bisect_right(self._opens, moment) - 1
        if span < 0:
            return NOTHING
        return self._before[span] + (min(self._closes[span], moment) - self._opens[span])

    def between(self, start: dt.datetime, end: dt.datetime) -> int:
        """Working minutes from `start` to `end`; 0 where `end` is not later."""
        return max(NOTHING, self._worked(end) - self._worked(start)) // dt.timedelta(minutes=1)
