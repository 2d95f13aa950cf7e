"""Working time: what counts towards a deadline, as a literal table of the office's days."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from consultations.deadlines import due_at
from consultations.workflow import State
from office.models import ClosedDay, Office, OpeningHours
from office.worktime import WorkingTime

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
2026-11-24 06.00    30   2026-11-24 08.00   the clock waits until the office opens
2026-11-24 11.30    60   2026-11-24 13.30   and over the break
2026-11-24 11.30    30   2026-11-24 12.00   what ends with the span ends then
2026-11-24 15.30    60   2026-11-25 08.00   and over night
2026-11-27 16.00    60   2026-11-30 08.00   over the weekend
2026-11-28 10.00    30   2026-11-30 08.00   from within the weekend
2026-12-23 15.00   120   2026-12-28 08.30   over Christmas, cuti bersama and the weekend
2026-12-31 15.00   120   2027-01-04 08.30   over the year's end
2026-11-17 15.30    60   2026-11-19 08.00   over this office's own closed day
2026-11-23 08.00  2250   2026-11-30 08.00   five working days of 450 minutes
2026-11-24 09.00     0   2026-11-24 09.00   no time at all
"""


def moment(day: str, time: str) -> dt.datetime:
    return dt.datetime.strptime(f"{day} {time}", "%Y-%m-%d %H.%M").replace(tzinfo=WIB)


def rows(table: str, columns: int) -> list[list[str]]:
    return [line.split(maxsplit=columns - 1) for line in table.strip().splitlines()]


@pytest.fixture
def working_time(office: Office) -> WorkingTime:
    ClosedDay.objects.create(day=dt.date(2026, 11, 18), reason="Pindah gedung")
    return WorkingTime.load()


@pytest.mark.parametrize("row", rows(BETWEEN, 6), ids=lambda row: row[-1])
def test_minutes_between(row: list[str], working_time: WorkingTime) -> None:
    start, end = moment(row[0], row[1]), moment(row[2], row[3])

    assert working_time.minutes_between(start, end) == int(row[4])
    assert working_time.minutes_between(start.astimezone(dt.UTC), end.astimezone(dt.UTC)) == int(row[4])


@pytest.mark.parametrize("row", rows(ADDED, 6), ids=lambda row: row[-1])
def test_minutes_added(row: list[str], working_time: WorkingTime) -> None:
    assert working_time.add_minutes(moment(row[0], row[1]), int(row[2])) == moment(row[3], row[4])


def test_without_working_hours_there_is_no_deadline(working_time: WorkingTime) -> None:
    OpeningHours.objects.all().delete()

    assert WorkingTime.load().add_minutes(moment("2026-11-24", "08.00"), 60) is None


@pytest.mark.parametrize(
    ("start", "end", "within"),
    [
        ("08.00", "09.00", True),
        ("07.30", "12.00", True),
        ("11.30", "13.30", False),
        ("07.00", "08.00", False),
    ],
)
def test_what_lies_within_working_hours(
    start: str, end: str, within: bool, working_time: WorkingTime
) -> None:
    day = "2026-11-24"
    assert working_time.includes(moment(day, start), moment(day, end)) is within
    assert not working_time.includes(moment("2026-11-28", start), moment("2026-11-28", end))


@pytest.mark.parametrize(
    ("state", "deadline", "due"),
    [
        (State.REGISTERED, None, moment("2026-11-25", "08.30")),
        (State.REGISTERED, dt.date(2026, 11, 24), moment("2026-11-24", "23.59")),
        (State.REGISTERED, dt.date(2026, 12, 24), moment("2026-11-25", "08.30")),
        (State.INCOMPLETE, None, None),
        (State.CLOSED, None, None),
    ],
)
def test_a_case_is_due_by_target_or_deadline(
    state: State, deadline: dt.date | None, due: dt.datetime | None, working_time: WorkingTime
) -> None:
    assert due_at(state, since=moment("2026-11-24", "08.00"), deadline=deadline) == due
