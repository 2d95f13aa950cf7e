"""Working minutes added up once equal those counted day by day."""

import datetime as dt

from hypothesis import example, given, settings
from hypothesis import strategies as st

from office.models import OpeningHours, Season
from office.worktime import WorkingMinutes, WorkingTime

SINCE, UNTIL = dt.date(2026, 1, 1), dt.date(2027, 12, 31)
MOMENTS = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31, 16), timezones=st.just(dt.UTC))


def hours(opens: str, break_starts: str, break_ends: str, closes: str) -> OpeningHours:
    times = [dt.time.fromisoformat(time) for time in (opens, break_starts, break_ends, closes)]
    return OpeningHours(opens=times[0], break_starts=times[1], break_ends=times[2], closes=times[3])


def office() -> WorkingTime:
    """Return an office with a short Friday, its own closed day, and shorter hours in the fasting month."""
    week = {day: hours("07:30", "12:00", "13:00", "16:00") for day in range(4)}
    week[4] = hours("07:30", "11:30", "13:00", "16:30")
    fasting = Season(name="Ramadan 1448 H", since=dt.date(2027, 2, 8), until=dt.date(2027, 3, 9))
    short = {day: hours("08:00", "12:00", "12:30", "15:00") for day in range(5)}
    return WorkingTime(week, {dt.date(2026, 11, 18): "Uji"}, ((fasting, short),))


WORKING_TIME = office()
WORKING_MINUTES = WorkingMinutes(WORKING_TIME, SINCE, UNTIL)


@given(start=MOMENTS, end=MOMENTS)
@example(
    dt.datetime(2026, 11, 24, 0, 29, 59, tzinfo=dt.UTC), dt.datetime(2026, 11, 24, 9, 0, 1, tzinfo=dt.UTC)
)
@settings(max_examples=300, deadline=None)
def test_sum_equals_count_by_day(start: dt.datetime, end: dt.datetime) -> None:
    assert WORKING_MINUTES.between(start, end) == WORKING_TIME.minutes_between(start, end)


def test_an_office_without_hours_has_no_working_minutes() -> None:
    minutes = WorkingMinutes(WorkingTime({}, {}), SINCE, UNTIL)
    assert (
        minutes.between(dt.datetime(2026, 2, 1, tzinfo=dt.UTC), dt.datetime(2027, 2, 1, tzinfo=dt.UTC)) == 0
    )
