"""Sending hours: working time for most messages, any hour for receipts to applicants."""

import datetime as dt

from django.core.mail import EmailMessage

from consultations.enums import State
from kit import clock
from notices.services.delivery import deliver, is_working_time
from office.models import ClosedDay, OpeningHours
from office.worktime import WorkingTime
from tests.factories import Staff, case_at
from tests.notices.conftest import moment

# fmt: off -- worked out by hand with a calendar
MOMENTS = {
    "Tuesday morning": ("2026-11-24 10:00", True),
    "Tuesday, when the office opens": ("2026-11-24 07:30", True),
    "Tuesday, a minute before": ("2026-11-24 07:29", False),
    "Tuesday, when the break begins": ("2026-11-24 12:00", True),
    "Tuesday, in the break": ("2026-11-24 12:30", False),
    "Tuesday, after the break": ("2026-11-24 13:00", True),
    "Tuesday, when the office closes": ("2026-11-24 16:00", True),
    "Tuesday, a minute later": ("2026-11-24 16:01", False),
    "Friday, in the longer break": ("2026-11-27 11:45", False),
    "Friday, in the longer afternoon": ("2026-11-27 16:15", True),
    "Saturday": ("2026-11-28 10:00", False),
    "Sunday": ("2026-11-29 10:00", False),
    "Independence Day, a Monday": ("2026-08-17 10:00", False),
    "Christmas Eve, cuti bersama": ("2026-12-24 10:00", False),
    "Christmas, a Friday": ("2026-12-25 10:00", False),
    "the Monday after it": ("2026-12-28 10:00", True),
    "New Year": ("2027-01-01 10:00", False),
}
# fmt: on


def test_working_time(office: object) -> None:
    work = WorkingTime.load()
    for name, (text, expected) in MOMENTS.items():
        with clock.set_to(moment(text)):
            assert is_working_time(work) is expected, name


def test_only_receipts_are_sent_outside_working_time(crew: Staff, mailoutbox: list[EmailMessage]) -> None:
    with clock.set_to(moment("2026-11-21 10:00")):  # a Saturday
        case_at(State.SUBMITTED, crew)
        deliver()
    assert [mail.to for mail in mailoutbox] == [["siti@example.id"]]
    with clock.set_to(moment("2026-11-23 10:00")):
        deliver()
    assert [mail.to for mail in mailoutbox[1:]] == [["pkd@dinas.example"]]


def test_waiting_messages_are_sent_when_the_office_opens(crew: Staff, mailoutbox: list[EmailMessage]) -> None:
    with clock.set_to(moment("2026-11-27 16:45")):
        case_at(State.SUBMITTED, crew, email="")
    ClosedDay.objects.create(day=dt.date(2026, 11, 30), reason="Cuti bersama susulan")
    for text, sent in (
        ("2026-11-28 10:00", 0),
        ("2026-11-30 10:00", 0),  # closed after the step
        ("2026-12-01 07:29", 0),
        ("2026-12-01 07:30", 1),
    ):
        with clock.set_to(moment(text)):
            deliver()
        assert len(mailoutbox) == sent, text
    OpeningHours.objects.all().delete()
    with clock.set_to(moment("2026-11-28 22:00")):
        case_at(State.SUBMITTED, crew)
        deliver()
    assert len(mailoutbox) == 3, "without working hours, it sends at any time"
