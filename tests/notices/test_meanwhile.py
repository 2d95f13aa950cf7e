"""What else happens while a message is on its way or waits: it is overtaken, read, or given up."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from contextvars import copy_context
from smtplib import SMTPDataError

import pytest
from django.core.mail import EmailMessage
from django.db import connections, transaction
from django.test import override_settings

from consultations import services as consultations_services
from consultations.enums import State
from consultations.models import Case
from consultations.signals import case_opened
from notices.delivery import LEASE, deliver, give_up_what_was_left
from notices.models import Message, Notice
from notices.outbox import take_out_overtaken
from notices.queue import set_aside_old
from notices.smtp import NoAnswer
from office import clock
from office.models import Appointment, User
from tests.factories import Staff, case_at, make_office, make_staff

from .conftest import TUESDAY, give_addresses, statuses
from .meanwhile import mailers
from .smtp_stand_in import mail_server


def test_it_ends_with_the_working_time(crew: Staff) -> None:
    """The office closes while the first message is being sent: staff hear the rest on the next day."""
    for _ in range(2):
        case_at(State.SUBMITTED, crew, email="")
    with ExitStack() as evening:
        until = clock.set_to(TUESDAY.replace(hour=16, minute=1))
        with override_settings(MAILERS=mailers(lambda: evening.enter_context(until))):
            assert deliver() == 1
    assert statuses() == ["SENT", "WAITING"]


@pytest.mark.parametrize("passes", ["passed_at", "read_at"])
@pytest.mark.parametrize("fault", [SMTPDataError(451, b""), SMTPDataError(554, b""), NoAnswer()], ids=repr)
def test_what_is_overtaken_while_it_is_being_sent_does_not_come_back(
    fault: Exception, passes: str, crew: Staff
) -> None:
    """As when the case moves on, or its recipient opens it, at that very moment."""
    case_at(State.SUBMITTED, crew, email="")
    with override_settings(MAILERS=mailers(lambda: Notice.objects.update(**{passes: clock.now()}), fault)):
        assert deliver() == 0
    message = Message.objects.get()
    assert (message.status, message.reason) == (
        "CANCELLED",
        "Tidak berlaku lagi, atau sudah dibuka di meja kerja",
    )


@pytest.mark.parametrize("gone", ["overtaken", "left", "moved"])
def test_what_need_not_go_out_any_more_is_not_sent(
    gone: str, crew: Staff, mailoutbox: list[EmailMessage]
) -> None:
    case_at(State.SUBMITTED, crew, email="")
    if gone == "overtaken":
        Notice.objects.update(passed_at=clock.now())
    elif gone == "left":
        User.objects.filter(pk=crew.pkd.pk).update(is_active=False)
    else:
        Appointment.objects.filter(user=crew.pkd).delete()
    assert deliver() == 0
    assert (statuses(), mailoutbox) == (["CANCELLED"], [])


def test_what_took_longer_than_the_lease_and_succeeded_is_sent(receipt: Message) -> None:
    def another_process() -> None:
        with clock.set_to(TUESDAY + LEASE * 2):
            assert give_up_what_was_left() == 1

    with override_settings(MAILERS=mailers(another_process)):
        assert deliver() == 1
    receipt.refresh_from_db()
    assert (receipt.status, receipt.reason) == ("SENT", "")


def test_what_another_deliverer_has_delayed_waits(crew: Staff) -> None:
    """Two go through the same list; the mail server asks one of them to come back in a minute."""
    for _ in range(2):
        case_at(State.SUBMITTED, crew, email="")

    def another_process() -> None:
        with mail_server(["busy"]):
            assert deliver() == 0

    with override_settings(MAILERS=mailers(another_process)):
        assert deliver() == 1
    assert list(Message.objects.order_by("pk").values_list("status", "attempts")) == [
        ("SENT", 1),
        ("WAITING", 1),
    ]


type Meets = Callable[[Message, Staff], object]

MEETS_THE_CLAIM: dict[str, Meets] = {
    "its recipient opens the case": lambda m, s: case_opened.send(Case, case=m.notice.case, by=s.pkd),
    "the case moves on": lambda m, s: consultations_services.register(
        m.notice.case, by=s.pkd, classification="400.9"
    ),
    "it is old": lambda m, s: set_aside_old(),
    "it was overtaken": lambda m, s: take_out_overtaken(Message.objects.filter(pk=m.pk)),
}


@pytest.mark.parametrize("event", MEETS_THE_CLAIM)
def test_what_is_just_being_claimed_is_sent(event: str, shared_database: None) -> None:
    """Whoever would take the message out waits for the claim, and then finds it gone out of reach."""
    with clock.set_to(TUESDAY):
        make_office()
        crew = give_addresses(make_staff())
        message = case_at(State.SUBMITTED, crew).notices.get(recipient=crew.pkd).messages.get()
        if event == "it was overtaken":
            Notice.objects.update(passed_at=clock.now())
    long_after = clock.set_to(TUESDAY + dt.timedelta(days=30))
    with long_after, ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Message.objects.filter(pk=message.pk).update(status="SENDING", claimed_at=clock.now())
            meeting = pool.submit(copy_context().run, _and_leave, MEETS_THE_CLAIM[event], message, crew)
            assert wait([meeting], timeout=0.5).not_done
        meeting.result()
    message.refresh_from_db()
    assert message.status == "SENDING"


def _and_leave(meets: Meets, message: Message, crew: Staff) -> None:
    try:
        meets(Message.objects.select_related("notice__case").get(pk=message.pk), crew)
    finally:
        connections.close_all()
