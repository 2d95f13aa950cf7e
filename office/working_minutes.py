"""Working minutes between many pairs of moments: totals are computed once, then looked up."""

import datetime as dt
from bisect import bisect_right

from office.worktime import WorkingTime

NO_TIME = dt.timedelta()


class WorkingMinutes:
    """A faster `WorkingTime.minutes_between` for moments between two days.

    `minutes_between` walks day by day. This class adds up the days once and finds each moment by binary
    search: 1 µs instead of 50 µs for waits of one to two weeks. Time outside the days counts as closed.
    """

    def __init__(self, working_time: WorkingTime, since: dt.date, until: dt.date) -> None:
        self._opens: list[dt.datetime] = []
        self._closes: list[dt.datetime] = []
        self._totals: list[dt.timedelta] = []
        total = NO_TIME
        for offset in range((until - since).days + 1):
            for opens, closes in working_time.spans(since + dt.timedelta(days=offset)):
                # Moments in the same time zone compare several times faster. The database returns UTC.
                self._opens.append(opens.astimezone(dt.UTC))
                self._closes.append(closes.astimezone(dt.UTC))
                self._totals.append(total)
                total += closes - opens

    def _total(self, moment: dt.datetime) -> dt.timedelta:
        """Return the working time from `since` up to a moment."""
        span = bisect_right(self._opens, moment) - 1
        if span < 0:
            return NO_TIME
        return self._totals[span] + (min(self._closes[span], moment) - self._opens[span])

    def between(self, start: dt.datetime, end: dt.datetime) -> int:
        """Return the working minutes from `start` to `end`, 0 if `end` is not later."""
        return max(NO_TIME, self._total(end) - self._total(start)) // dt.timedelta(minutes=1)
