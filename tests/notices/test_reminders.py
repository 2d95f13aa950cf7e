"""Reminders: one per working day for unread notices, never outside working time."""

import datetime as dt

import pytest
from django.core.mail import EmailMessage
from django.test import override_settings

from consultations import services as consultations_services
from consultations.enums import Kind, State
from consultations.models import Case
from consultations.secret_link import case_opened
from kit import clock
from notices.models import Message, Notice
from notices.services.delivery import deliver
from notices.services.occasions import create_reminders, is_reminder_due
from office.models import Appointment, User
from office.worktime import WorkingTime
from tests.factories import Staff, case_at
from tests.notices.conftest import moment
from tests.notices.intercepting_mail import mailers
from tests.shared_data import each
from tests.world import undone

# fmt: off -- worked out by hand: the same time of the next working day
DUE = {
    "on a day like any other": ("2026-11-24 10:00", "2026-11-25 10:00"),
    "before the office opens": ("2026-11-24 05:00", "2026-11-25 07:30"),
    "in the break": ("2026-11-24 12:30", "2026-11-25 13:00"),
    "after closing": ("2026-11-24 16:30", "2026-11-26 07:30"),
    "over a weekend": ("2026-11-27 15:00", "2026-11-30 15:00"),
    "on a Friday, which is longer": ("2026-11-27 16:15", "2026-11-30 15:55"),
    "on a Saturday": ("2026-11-28 10:00", "2026-12-01 07:30"),
    "over Christmas": ("2026-12-23 09:00", "2026-12-28 09:00"),
    "over the year's end": ("2026-12-31 14:00", "2027-01-04 14:00"),
}
# fmt: on


def test_when_a_reminder_is_due(office: object) -> None:
    work = WorkingTime.load()
    for name, (created, due) in DUE.items():
        for seconds, expected in ((-1, False), (0, True)):
            with clock.set_to(moment(due) + dt.timedelta(seconds=seconds)):
                assert is_reminder_due(Notice(created_at=moment(created)), work) is expected, name


@pytest.fixture
def unread(crew: Staff) -> Notice:
    """Return a notice to Tim PKD of Tuesday morning, with its mail sent."""
    with clock.set_to(moment("2026-11-24 09:00")):
        case_at(State.SUBMITTED, crew)
        deliver()
    return Notice.objects.get(recipient=crew.pkd)


def reminded_at(*texts: str) -> list[int]:
    """Return how many users were reminded at each of these times."""
    counts = []
    for text in texts:
        with clock.set_to(moment(text)):
            counts.append(create_reminders())
            deliver()
    return counts


def test_one_reminder_on_each_working_day(unread: Notice, mailoutbox: list[EmailMessage]) -> None:
    mailoutbox.clear()
    assert reminded_at("2026-11-25 08:59", "2026-11-25 09:00") == [0, 1]
    assert reminded_at("2026-11-25 09:01", "2026-11-25 15:00") == [0, 0]
    assert reminded_at("2026-11-26 07:29", "2026-11-26 07:30") == [0, 1]
    assert reminded_at("2026-11-27 11:45", "2026-11-27 13:00") == [0, 1]
    assert reminded_at("2026-11-28 10:00", "2026-11-29 10:00", "2026-11-30 10:00") == [0, 0, 1]
    assert [mail.to for mail in mailoutbox] == [["pkd@dinas.example"]] * 4
    assert mailoutbox[0].subject == "Belum dibuka: 1 pemberitahuan"
    assert f"https://layanan.example/permohonan/{unread.case.code}/" in mailoutbox[0].body


@pytest.mark.differs_by_database
def test_one_mail_lists_unread_notices(unread: Notice, crew: Staff, mailoutbox: list[EmailMessage]) -> None:
    with clock.set_to(moment("2026-11-24 14:00")):
        other = case_at(State.SUBMITTED, crew, email="")
        deliver()
    mailoutbox.clear()
    assert reminded_at("2026-11-25 10:00", "2026-11-25 14:30", "2026-11-26 10:00") == [1, 0, 1]
    assert [mail.subject for mail in mailoutbox] == ["Belum dibuka: 2 pemberitahuan"] * 2
    assert unread.case.code in mailoutbox[0].body
    assert other.code in mailoutbox[0].body


def test_notices_that_are_read_superseded_or_about_their_reader_are_in_no_reminder(
    unread: Notice, crew: Staff
) -> None:
    with undone():
        Notice.objects.filter(pk=unread.id).update(read_at=unread.created_at)
        assert reminded_at("2026-11-25 10:00") == [0]
    with undone():
        about_reader = {"kind": Kind.COMPLAINT, "complained_party": "Tim PKD", "complained_about": crew.pkd}
        Case.objects.filter(code=unread.case.code).update(**about_reader)
        assert reminded_at("2026-11-25 10:00") == [0]
    with clock.set_to(moment("2026-11-24 11:00")):
        consultations_services.register(unread.case, by=crew.pkd, classification="400.9")
        Notice.objects.filter(recipient=crew.kadis).update(read_at=clock.now())
    assert reminded_at("2026-11-25 10:00") == [0]


@each("change", ["read", "moved"])
def test_a_reminder_is_cancelled_if_everything_was_read_or_the_user_has_moved(
    change: str, unread: Notice, crew: Staff, mailoutbox: list[EmailMessage]
) -> None:
    mailoutbox.clear()
    with clock.set_to(moment("2026-11-25 10:00")):
        assert create_reminders() == 1
        if change == "read":
            case_opened.send(Case, case=unread.case, by=crew.pkd)
        else:
            Appointment.objects.filter(user=crew.pkd).update(ends=clock.today() - dt.timedelta(days=1))
        assert deliver() == 0
    assert (mailoutbox, Message.objects.get(round=2).status) == ([], "CANCELLED")


def test_a_reminder_still_lists_the_other_notice_after_one_was_read(
    unread: Notice, crew: Staff, mailoutbox: list[EmailMessage]
) -> None:
    with clock.set_to(moment("2026-11-24 09:30")):
        newer = case_at(State.SUBMITTED, crew)
        deliver()
    mailoutbox.clear()
    with clock.set_to(moment("2026-11-25 10:00")):
        assert create_reminders() == 1
        case_opened.send(Case, case=newer, by=crew.pkd)
        deliver()
    (mail,) = mailoutbox
    assert mail.subject == "Belum dibuka: 1 pemberitahuan"
    assert unread.case.code in mail.body


def test_after_days_without_mail_one_reminder_is_sent(unread: Notice, mailoutbox: list[EmailMessage]) -> None:
    mailoutbox.clear()
    with override_settings(DEFAULT_FROM_EMAIL="Dinas Sosial"):
        assert reminded_at("2026-11-25 10:00", "2026-11-26 10:00", "2026-11-27 10:00") == [1, 0, 0]
    assert reminded_at("2026-11-30 10:00", "2026-11-30 10:01", "2026-11-30 15:55") == [0, 0, 0]
    assert len(mailoutbox) == 1
    assert reminded_at("2026-12-01 10:00") == [1]


def test_no_second_reminder_is_created_during_the_transfer(unread: Notice) -> None:
    with override_settings(DEFAULT_FROM_EMAIL="Dinas Sosial"):
        assert reminded_at("2026-11-25 10:00") == [1]
    again: list[int] = []
    one_more = override_settings(MAILERS=mailers(lambda: again.append(create_reminders())))
    with clock.set_to(moment("2026-11-26 10:00")), one_more:
        assert deliver() == 1
    assert again == [0]


def test_inactive_users_and_users_without_an_address_get_no_reminder(unread: Notice, crew: Staff) -> None:
    User.objects.filter(pk=crew.pkd.pk).update(is_active=False)
    assert reminded_at("2026-11-25 10:00") == [0]
    User.objects.filter(pk=crew.pkd.pk).update(is_active=True, email="")
    assert reminded_at("2026-11-25 11:00") == [0]
