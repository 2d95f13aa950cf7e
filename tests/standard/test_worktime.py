"""Working time: what counts towards a deadline, as a literal table of the office's days."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given, settings, strategies as st

from consultations.deadlines import due_at
from consultations.enums import State
from consultations.models import Case
from kit import clock
from office.models import ClosedDay, Office, OpeningHours, Season
from office.worktime import WorkingMinutes, WorkingTime

WIB = ZoneInfo("Asia/Jakarta")

BETWEEN = """
2026-11-24 08.00   2026-11-24 09.30     90   a Tuesday morning
2026-11-24 07.00   2026-11-24 07.30      0   before the office opens
2026-11-24 16.00   2026-11-24 20.00      0   after it has closed
2026-11-24 11.30   2026-11-24 13.30     60   the break does not count
2026-11-24 07.30   2026-11-24 16.00    450   a whole day: seven and a half hours
2026-11-27 07.30   2026-11-27 16.30    450   a whole Friday: its break is longer, it closes later
2026-11-27 11.00   2026-11-27 13.30     60   the Friday break begins at 11.30
2026-11-27 16.00   2026-11-30 08.00     60   the weekend does not count
2026-11-28 08.00   2026-11-29 17.00      0   Saturday and Sunday
2026-12-24 07.30   2026-12-25 16.30      0   cuti bersama and Christmas
2026-12-23 15.00   2026-12-28 08.30    120   over Christmas, cuti bersama and the weekend
2026-12-31 15.00   2027-01-04 08.30    120   over the year's end
2026-08-14 16.00   2026-08-18 08.00     60   over Independence Day on a Monday
2026-11-18 08.00   2026-11-18 12.00      0   a day on which this office is closed
2026-11-17 15.00   2026-11-19 08.30    120   around that day
2026-11-24 09.00   2026-11-24 09.00      0   no time at all
2026-11-24 10.00   2026-11-24 09.00      0   backwards
"""

ADDED = """
2026-11-24 08.00    90   2026-11-24 09.30   a Tuesday morning
2026-11-24 06.00    30   2026-11-24 08.00   time before opening does not count
2026-11-24 11.30    60   2026-11-24 13.30   and over the break
2026-11-24 11.30    30   2026-11-24 12.00   ends exactly with the working span
2026-11-24 15.30    60   2026-11-25 08.00   and over night
2026-11-27 16.00    60   2026-11-30 08.00   over the weekend
2026-11-28 10.00    30   2026-11-30 08.00   from within the weekend
2026-12-23 15.00   120   2026-12-28 08.30   over Christmas, cuti bersama and the weekend
2026-12-31 15.00   120   2027-01-04 08.30   over the year's end
2026-11-17 15.30    60   2026-11-19 08.00   over this office's own closed day
2026-11-23 08.00  2250   2026-11-30 08.00   five working days of 450 minutes
2026-11-24 09.00     0   2026-11-24 09.00   no time at all
"""

SUBTRACTED = """
2026-11-24 09.30    90   2026-11-24 08.00   a Tuesday morning
2026-11-24 20.00    30   2026-11-24 15.30   after the office has closed
2026-11-24 13.30    60   2026-11-24 11.30   and over the break
2026-11-25 08.00    60   2026-11-24 15.30   and over night
2026-11-25 08.30    60   2026-11-24 16.00   at the opening time the result is the end of the day before
2026-11-30 08.00    60   2026-11-27 16.00   over the weekend
2026-12-28 08.30   120   2026-12-23 15.00   over Christmas, cuti bersama and the weekend
2026-11-19 08.00    60   2026-11-17 15.30   over this office's own closed day
"""


RAMADAN = """
2027-02-10 08.00   2027-02-10 15.00    390   a fasting day: the office opens later, closes earlier
2027-02-10 07.30   2027-02-10 08.00      0   at the ordinary hour it is still closed
2027-02-10 11.30   2027-02-10 13.00     60   the break is half an hour
2027-02-12 08.00   2027-02-12 15.30    390   a Friday: one hour of break, it closes later
2027-02-12 11.00   2027-02-12 13.00     60   the Friday break begins at 11.30
2027-02-05 15.00   2027-02-08 08.30     30   from cuti bersama before it into its first day
2027-02-04 15.00   2027-02-08 08.30     90   from its eve, over Imlek into its first day
2027-03-05 15.00   2027-03-16 08.30     90   over Nyepi, Lebaran and cuti bersama, out of it again
2027-02-08 08.00   2027-02-12 15.30   1950   a week: thirty-two and a half hours
"""

IDUL_ADHA = """
2027-05-14 16.00   2027-05-17 08.00     60   the Friday before, and the day that is no holiday after all
2027-05-17 07.30   2027-05-17 16.00    450   all of that day
2027-05-15 08.00   2027-05-16 16.00      0   a Saturday has no hours, even if it is said to be open
2027-05-18 07.30   2027-05-18 16.00      0   cuti bersama stays
2027-05-17 15.00   2027-05-24 08.00     90   over cuti bersama, Waisak and the day that is closed instead
"""


def moment(day: str, time: str) -> dt.datetime:
    return dt.datetime.strptime(f"{day} {time}", "%Y-%m-%d %H.%M").replace(tzinfo=WIB)


def rows(table: str, columns: int) -> list[list[str]]:
    return [line.split(maxsplit=columns - 1) for line in table.strip().splitlines()]


def check_between(table: str, working_time: WorkingTime) -> None:
    for *times, minutes, why in rows(table, 6):
        start, end = moment(*times[:2]), moment(*times[2:])
        assert working_time.minutes_between(start, end) == int(minutes), why
        assert working_time.minutes_between(start.astimezone(dt.UTC), end.astimezone(dt.UTC)) == int(minutes)


def hours(opens: str, break_starts: str, break_ends: str, closes: str) -> OpeningHours:
    times = [dt.time.fromisoformat(time) for time in (opens, break_starts, break_ends, closes)]
    return OpeningHours(opens=times[0], break_starts=times[1], break_ends=times[2], closes=times[3])


def fasting() -> Season:
    return Season(name="Ramadan 1448 H", since=dt.date(2027, 2, 8), until=dt.date(2027, 3, 9))


@pytest.fixture
def fasting_month(office: Office) -> WorkingTime:
    season = fasting()
    season.save()
    short = {weekday: hours("08:00", "12:00", "12:30", "15:00") for weekday in range(4)}
    for weekday, row in {**short, 4: hours("08:00", "11:30", "12:30", "15:30")}.items():
        row.season, row.weekday = season, weekday
        row.save()
    return WorkingTime.load()


def test_the_fasting_month_has_hours_of_its_own(fasting_month: WorkingTime) -> None:
    check_between(RAMADAN, fasting_month)
    with clock.set_to(moment("2027-02-10", "09.00")):
        assert fasting_month.sentence() == (
            "Senin-Kamis 08.00-15.00 (istirahat 12.00-12.30); Jumat 08.00-15.30 (istirahat 11.30-12.30)"
        )
    with clock.set_to(moment("2027-04-10", "09.00")):
        assert fasting_month.sentence().startswith("Senin-Kamis 07.30-16.00")
    with pytest.raises(ValidationError, match="bertumpuk"):
        Season(name="Lain", since=dt.date(2027, 3, 9), until=dt.date(2027, 3, 20)).full_clean()


def test_office_corrects_an_estimated_holiday(office: Office) -> None:
    """17 May 2027, an estimated Idul Adha, is open and 21 May is closed."""
    ClosedDay.objects.create(day=dt.date(2027, 5, 17), reason="Idul Adha jatuh kemarin", is_open=True)
    ClosedDay.objects.create(day=dt.date(2027, 5, 15), reason="Kerja bakti", is_open=True)
    ClosedDay.objects.create(day=dt.date(2027, 5, 21), reason="Pengganti")
    check_between(IDUL_ADHA, WorkingTime.load())


@pytest.fixture
def working_time(office: Office) -> WorkingTime:
    ClosedDay.objects.create(day=dt.date(2026, 11, 18), reason="Pindah gedung")
    return WorkingTime.load()


def test_minutes_between(working_time: WorkingTime) -> None:
    check_between(BETWEEN, working_time)


def test_minutes_added_and_subtracted(working_time: WorkingTime) -> None:
    for table, shift in ((ADDED, working_time.add_minutes), (SUBTRACTED, working_time.subtract_minutes)):
        for day, time, minutes, *then, why in rows(table, 6):
            assert shift(moment(day, time), int(minutes)) == moment(*then), why


def test_no_deadline_without_opening_hours(working_time: WorkingTime) -> None:
    OpeningHours.objects.all().delete()
    assert WorkingTime.load().add_minutes(moment("2026-11-24", "08.00"), 60) is None


def test_includes(working_time: WorkingTime) -> None:
    times = (("08.00", "09.00"), ("07.30", "12.00"), ("11.30", "13.30"), ("07.00", "08.00"))
    tuesday, saturday = (
        [working_time.includes(moment(day, start), moment(day, end)) for start, end in times]
        for day in ("2026-11-24", "2026-11-28")
    )
    assert (tuesday, saturday) == ([True, True, False, False], [False] * 4)


def test_due_at_is_the_earlier_of_target_and_deadline(working_time: WorkingTime) -> None:
    for state, deadline, due in (
        (State.REGISTERED, None, moment("2026-11-25", "08.30")),
        (State.REGISTERED, dt.date(2026, 11, 24), moment("2026-11-24", "23.59")),
        (State.REGISTERED, dt.date(2026, 12, 24), moment("2026-11-25", "08.30")),
        (State.INCOMPLETE, None, None),
        (State.CLOSED, None, None),
    ):
        case = Case(deadline=deadline)
        assert due_at(case, state, since=moment("2026-11-24", "08.00")) == due


# Working minutes added up once equal those counted day by day

SINCE, UNTIL = dt.date(2026, 1, 1), dt.date(2027, 12, 31)
MOMENTS = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31, 16), timezones=st.just(dt.UTC))


def make_working_time() -> WorkingTime:
    """Return an office with a short Friday, its own closed day, and shorter hours in the fasting month."""
    week = {day: hours("07:30", "12:00", "13:00", "16:00") for day in range(4)}
    week[4] = hours("07:30", "11:30", "13:00", "16:30")
    short = {day: hours("08:00", "12:00", "12:30", "15:00") for day in range(5)}
    return WorkingTime(week, {dt.date(2026, 11, 18): "Uji"}, ((fasting(), short),))


WORKING_TIME = make_working_time()
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
    assert minutes.between(moment("2026-02-01", "09.00"), moment("2027-02-01", "09.00")) == 0
