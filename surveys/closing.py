"""The last day on which the survey of a quarter accepts answers. Figures are shown after it.

A reader who saw figures before and after a case is marked as answered could compute its answer.
"""

import datetime as dt

from office import clock
from office.periods import Period

DAYS_TO_ANSWER = 14
"""Days after the end of a quarter on which its cases can still be answered."""


def closes_on(period: Period) -> dt.date:
    """Return the last day on which answers of a quarter or year are accepted."""
    return period.until + dt.timedelta(days=DAYS_TO_ANSWER)


def is_closed(period: Period) -> bool:
    """Return whether the period accepts no more answers."""
    return closes_on(period) < clock.today()
