"""The working days of complaints (PermenPANRB 62/2018): a table with the days counted by hand."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from consultations import services as consultations_services
from consultations.complaints import can_escalate, set_days_left
from consultations.deadlines import get_reply_limit, is_reply_overdue, last_day_of_stage
from consultations.enums import ComplaintKind, Kind, State
from consultations.intake import services as intake_services
from consultations.models import Case, ComplaintTarget
from consultations.scheduling import services as scheduling_services
from dispositions import services as dispositions_services
from kit import clock
from kit.refusal import Refused
from office.worktime import WorkingTime
from tests.factories import DETAILS, Staff
from tests.shared_data import each

WIB = ZoneInfo("Asia/Jakarta")


def moment(day: str, time: str = "09.00") -> dt.datetime:
    return dt.datetime.strptime(f"{day} {time}", "%Y-%m-%d %H.%M").replace(tzinfo=WIB)


def complaint(day: str, time: str = "09.00") -> Case:
    with clock.set_to(moment(day, time)):
        return intake_services.submit(kind=Kind.COMPLAINT, **DETAILS)


DUE = """
2026-11-24  INFORMATION     2026-12-01  Tue: Wed Thu Fri Mon Tue
2026-11-24  ASPIRATION      2026-12-01  the same days
2026-11-24  NO_SUPERVISION  2026-12-14  4 of that week, 5, 5: Fri 11 is the 13th, Mon the 14th
2026-11-27  INFORMATION     2026-12-04  a Friday: the weekend does not count
2026-11-28  INFORMATION     2026-12-04  a Saturday: Monday is the first day
2026-11-29  INFORMATION     2026-12-04  a Sunday too
2026-12-21  INFORMATION     2026-12-30  Tue Wed, not 24 (cuti bersama), 25 (Christmas), weekend, Mon Tue Wed
2026-12-23  ASPIRATION      2027-01-04  Mon to Thu 28-31, not New Year's Day, Mon
2026-11-24  SUPERVISION     2027-02-23  3+5+5+5+3+4 in 2026; 4 (Isra Mikraj)+5+5+5, 4 (cuti bersama)+5+5+2
2026-08-13  INFORMATION     2026-08-21  Fri, not Mon 17 (Independence Day), Tue Wed Thu Fri
"""


@each("line", DUE.strip().splitlines())
def test_a_complaint_is_answered_by_the_day_of_its_kind(line: str, staff: Staff) -> None:
    came_in, kind, due, *_why = line.split()
    case = complaint(came_in)
    register(case, came_in, "09.05", staff, kind)
    assert str(case.answer_due) == due
    assert case.complaint_kind == kind


def register(case: Case, day: str, time: str, staff: Staff, kind: str) -> None:
    with clock.set_to(moment(day, time)):
        consultations_services.register(case, by=staff.pkd, classification="700", complaint_kind=kind)


def test_the_office_may_set_its_own_days(staff: Staff) -> None:
    ComplaintTarget.objects.update_or_create(stage=ComplaintTarget.Stage.NO_SUPERVISION, defaults={"days": 2})
    assert last_day_of_stage(moment("2026-11-24"), ComplaintKind.NO_SUPERVISION) == dt.date(2026, 11, 26)


def test_a_complaint_is_verified_within_three_working_days(staff: Staff) -> None:
    """The day holds if the office has set no target of hours, or a longer one."""
    case = complaint("2026-11-26")
    assert case.due_at
    assert case.due_at <= moment("2026-12-01", "23.59")
    consultation = intake_services.submit(**DETAILS)
    assert consultation.due_at != case.due_at


def test_the_first_follow_up_counts_until_an_officer_has_it(staff: Staff) -> None:
    case = complaint("2026-11-24")
    register(case, "2026-11-25", "09.00", staff, ComplaintKind.NO_SUPERVISION)
    assert case.follow_up_due == dt.date(2026, 12, 2)  # Thu Fri Mon Tue Wed
    assert case.due_at
    assert case.due_at <= moment("2026-12-02", "23.59")
    with clock.set_to(moment("2026-12-03")):
        assert can_escalate(case)
        deadline = dt.date(2027, 3, 1)
        dispositions_services.dispose(case, by=staff.kadis, division=staff.division, deadline=deadline)
        assert case.is_late, "the day of the first follow-up has passed, whatever the disposition says"
        dispositions_services.assign(case, by=staff.kabid, officer=staff.petugas)
        assert not can_escalate(case)
        assert case.due_at
        assert case.due_at > clock.now()


def test_a_schedule_after_the_last_day_does_not_move_it(staff: Staff) -> None:
    case = complaint("2026-11-24")
    register(case, "2026-11-24", "10.00", staff, ComplaintKind.INFORMATION)
    with clock.set_to(moment("2026-11-24", "10.00")):
        dispositions_services.dispose(case, by=staff.kadis, division=staff.division)
        dispositions_services.assign(case, by=staff.kabid, officer=staff.petugas)
        dispositions_services.prepare(case, by=staff.petugas, administration="a", materials="b")
        scheduling_services.schedule(case, by=staff.petugas, starts_at=moment("2026-12-09"), place="Aula")
    assert case.due_at == moment("2026-12-01", "23.59")
    with clock.set_to(moment("2026-12-02")):
        assert can_escalate(case)
        assert case.is_late


@pytest.mark.parametrize(
    ("today", "left", "words"),
    [
        ("2026-11-24", 5, "5 hari kerja lagi"),
        ("2026-11-27", 2, "2 hari kerja lagi"),
        ("2026-11-28", 2, "2 hari kerja lagi"),
        ("2026-11-30", 1, "1 hari kerja lagi"),
        ("2026-12-01", 0, "tidak ada hari kerja lagi"),
        ("2026-12-02", -1, "lewat 1 hari kerja"),
        ("2026-12-06", -3, "lewat 3 hari kerja"),
        ("2026-12-07", -4, "lewat 4 hari kerja"),
    ],
)
def test_the_days_that_are_left(today: str, left: int, words: str, staff: Staff) -> None:
    case = Case(kind=Kind.COMPLAINT, answer_due=dt.date(2026, 12, 1))
    with clock.set_to(moment(today)):
        set_days_left([case])
    assert (case.days_left, case.days_left_in_words) == (left, words)


@pytest.mark.parametrize("days", [0, 1])
def test_less_than_a_working_day_is_the_next_or_the_last_one(days: int, staff: Staff) -> None:
    working, friday, monday = WorkingTime.load(), dt.date(2026, 11, 27), dt.date(2026, 11, 30)
    assert working.add_days(friday, days) == monday
    assert working.subtract_days(monday, days) == friday


def test_a_request_lapses_after_ten_working_days(staff: Staff) -> None:
    case = complaint("2026-12-14")
    with clock.set_to(moment("2026-12-15")):
        consultations_services.send_back(case, by=staff.pkd, missing="Bukti.")
    # Wed 16 Thu Fri, Mon 21 Tue Wed, Mon 28 Tue Wed Thu 31: Christmas and cuti bersama do not count.
    with clock.set_to(moment("2026-12-31", "23.00")), pytest.raises(Refused):
        consultations_services.lapse(case, by=staff.pkd, reason="Pelapor tidak menanggapi.")
    with clock.set_to(moment("2027-01-01", "00.30")):
        consultations_services.lapse(case, by=staff.pkd, reason="Pelapor tidak menanggapi.")
    assert case.state == State.WITHDRAWN


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(today=st.dates(dt.date(2026, 1, 5), dt.date(2027, 11, 30)), before=st.integers(0, 30))
def test_the_desk_lists_exactly_what_may_lapse(today: dt.date, before: int, staff: Staff) -> None:
    since = dt.datetime.combine(today - dt.timedelta(days=before), dt.time(15), WIB)
    with clock.set_to(dt.datetime.combine(today, dt.time(9), WIB)):
        days = ComplaintTarget.days_for(ComplaintTarget.Stage.NO_REPLY)
        latest = get_reply_limit(days, WorkingTime.load())
        assert latest
        assert (since < latest) is is_reply_overdue(since=since)
