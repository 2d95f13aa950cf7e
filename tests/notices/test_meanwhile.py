"""What else happens while a message is on its way or waits: it is overtaken, read, or given up."""

from contextlib import ExitStack
from smtplib import SMTPDataError

import pytest
from django.core.mail import EmailMessage
from django.test import override_settings

from consultations.workflow import State
from notices.delivery import LEASE, deliver, give_up_what_was_left
from notices.models import Message, Notice
from notices.smtp import NoAnswer
from office import clock
from office.models import Appointment, User
from tests.factories import Staff, case_at

from .conftest import TUESDAY, statuses
from .meanwhile import mailers


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
