"""The days of complaints (UU 25/2009, PermenPANRB 62/2018): a table with the days counted by hand."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from consultations import services as consultations_services
from consultations.audit.models import Act, AuditEntry
from consultations.audit.services import list_readings_by_day
from consultations.complaints import can_escalate, set_days_left
from consultations.deadlines import is_reply_overdue, last_day_of_stage
from consultations.enums import ComplaintKind, Kind, State
from consultations.intake import services as intake_services
from consultations.models import Case, ComplaintTarget
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.receivers import move_deadlines
from consultations.work import list_duties
from dispositions import services as dispositions_services
from kit import clock
from kit.refusal import Refused
from office.worktime import WorkingTime, get_national_holidays
from tests.factories import DETAILS, Staff, applicant
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
2026-11-24  SUPERVISION     2027-01-23  60 calendar days: 6, 31, 23; 60 working days end in February
2026-12-31  NO_SUPERVISION  2027-01-22  Mon 4, not Tue 5 (Isra Mikraj), Fri 8 is the 4th, 15 the 9th
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


def test_a_consultation_lapses_after_ten_working_days(staff: Staff) -> None:
    with clock.set_to(moment("2026-12-14")):
        case = intake_services.submit(**DETAILS)
    with clock.set_to(moment("2026-12-15")):
        consultations_services.send_back(case, by=staff.pkd, missing="Bukti.")
    # Wed 16 Thu Fri, Mon 21 Tue Wed, Mon 28 Tue Wed Thu 31: Christmas and cuti bersama do not count.
    with clock.set_to(moment("2026-12-31", "23.00")), pytest.raises(Refused):
        consultations_services.lapse(case, by=staff.pkd, reason="Pelapor tidak menanggapi.")
    with clock.set_to(moment("2027-01-01", "00.30")):
        consultations_services.lapse(case, by=staff.pkd, reason="Pelapor tidak menanggapi.")
    assert case.state == State.WITHDRAWN


def test_a_complainant_has_thirty_calendar_days_to_complete(staff: Staff) -> None:
    """UU 25/2009, article 44. Sent back on Tuesday 15 December, over Christmas and the year's end."""
    case = complaint("2026-12-14")
    with clock.set_to(moment("2026-12-15", "16.00")):
        consultations_services.send_back(case, by=staff.pkd, missing="Bukti.")
    with clock.set_to(moment("2027-01-14", "23.59")), pytest.raises(Refused):
        consultations_services.lapse(case, by=staff.pkd, reason="Tidak dilengkapi.")
    with clock.set_to(moment("2027-01-15", "00.00")):
        consultations_services.lapse(case, by=staff.pkd, reason="Tidak dilengkapi.")
    assert case.state == State.WITHDRAWN


def test_the_days_count_from_when_the_complaint_was_complete(staff: Staff) -> None:
    """Neither the applicant's time nor a late entry in the agenda book counts."""
    case = complaint("2026-11-02")
    with clock.set_to(moment("2026-11-03")):
        consultations_services.send_back(case, by=staff.pkd, missing="Bukti.")
    with clock.set_to(moment("2026-11-24")):
        intake_services.complete(case, by=applicant(case), material="Lengkap.")
    register(case, "2026-11-26", "09.00", staff, ComplaintKind.INFORMATION)
    assert case.answer_due == dt.date(2026, 12, 1)
    with clock.set_to(moment("2026-11-26")):
        consultations_services.void(case, by=staff.pkd, reason="Salah nomor.")
    register(case, "2026-11-27", "09.00", staff, ComplaintKind.SUPERVISION)
    assert case.answer_due == dt.date(2027, 1, 23)


FIRST, LAST = dt.date(2026, 1, 5), dt.date(2027, 11, 30)


def read_calendar() -> dict[dt.date, int]:
    """Return the number of working days from FIRST to each day, counted from the lists of holidays."""
    counted, total = {}, 0
    for n in range((LAST - FIRST).days + 200):
        day = FIRST + dt.timedelta(days=n)
        total += day.weekday() < 5 and day not in get_national_holidays(day.year)
        counted[day] = total
    return counted


CALENDAR = read_calendar()

STAGES = {"VERIFY": (3, 14), "INFORMATION": (5, 60), "ASPIRATION": (5, 60), "NO_SUPERVISION": (14, 60)}
STAGES |= {"SUPERVISION": (60, 60)}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    came_in=st.dates(FIRST, LAST),
    minute=st.sampled_from([dt.time(0), dt.time(0, 1), dt.time(12), dt.time(23, 59)]),
    stage=st.sampled_from(sorted(STAGES)),
)
def test_each_stage_ends_on_the_earlier_of_both_days(
    came_in: dt.date, minute: dt.time, stage: str, staff: Staff
) -> None:
    """On its last day, as many working or calendar days have passed as the stage has; one later, more."""
    working, calendar = STAGES[stage]
    last = last_day_of_stage(dt.datetime.combine(came_in, minute, WIB), stage)
    assert last
    passed = CALENDAR[last] - CALENDAR[came_in]
    assert passed <= working
    assert (last - came_in).days <= calendar
    assert passed == working or (last - came_in).days == calendar
    if (last - came_in).days < calendar:
        assert CALENDAR[last - dt.timedelta(days=1)] == CALENDAR[last] - 1, "it is a working day"


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(today=st.dates(FIRST, LAST), before=st.integers(0, 45), kind=st.sampled_from(Kind))
def test_the_desk_lists_exactly_what_may_lapse(today: dt.date, before: int, kind: Kind, staff: Staff) -> None:
    since = dt.datetime.combine(today - dt.timedelta(days=before), dt.time(15), WIB)
    with clock.set_to(dt.datetime.combine(today, dt.time(9), WIB)):
        case = Case(kind=kind, since=since, state=State.INCOMPLETE)
        (lapse,) = (item for item in list_duties(case, since) if item.kind == "lapse")
        assert (lapse.since <= clock.now()) is is_reply_overdue(case)
        if kind == Kind.COMPLAINT:
            assert is_reply_overdue(case) is (before > 30)


def test_running_complaints_are_recounted_once_and_the_audit_log_says_so(staff: Staff) -> None:
    with clock.set_to(moment("2026-11-24")):
        case = complaint("2026-11-24")
        register(case, "2026-11-24", "10.00", staff, ComplaintKind.SUPERVISION)
        other = complaint("2026-11-24")
        Case.objects.filter(pk=case.pk).update(answer_due=dt.date(2027, 2, 23))
        assert move_deadlines.func("Hari kalender UU 25/2009") == 1
        assert move_deadlines.func("Hari kalender UU 25/2009") == 0
    case.refresh_from_db()
    assert case.answer_due == dt.date(2027, 1, 23)
    entry = AuditEntry.objects.get(act=Act.DEADLINES)
    assert (entry.case, entry.user, entry.acted_as) == (case, None, "Rembuk")
    assert entry.target == (
        "Hari kalender UU 25/2009: selesai paling lambat 23 Februari 2027 menjadi 23 Januari 2027"
    )
    assert not AuditEntry.objects.filter(case=other, act=Act.DEADLINES).exists()
    ((_day, readings),) = list_readings_by_day(case)
    assert [reading.title for reading in readings] == ["Rembuk"]
