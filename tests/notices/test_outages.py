"""A mail server that is away, does not answer or was never set up costs no message anything but time."""

import datetime as dt

import pytest
from django.core.mail import EmailMessage
from django.test import override_settings

from consultations.enums import State
from notices.delivery import REST, deliver
from notices.models import Message
from office import clock
from tests.factories import Staff, case_at

from .conftest import TUESDAY, statuses
from .smtp_stand_in import mail_server

DAY = dt.timedelta(days=1)


def test_an_outage_of_days_costs_no_message_its_tries(receipt: Message) -> None:
    with mail_server(["full"] * 40) as server:
        for hours in range(40):
            with clock.set_to(TUESDAY + dt.timedelta(hours=hours)):
                assert deliver() == 0
        with clock.set_to(TUESDAY + 2 * DAY):
            assert deliver() == 1
    assert len(server.taken) == 1


@pytest.mark.parametrize(("mood", "uncertain"), [("hangs early", 0), ("hangs late", 1), ("dies late", 1)])
def test_a_server_that_does_not_answer_is_asked_once_and_then_left_to_rest(
    mood: str, uncertain: int, crew: Staff
) -> None:
    for _ in range(5):
        case_at(State.SUBMITTED, crew)
    with mail_server([mood]) as server:
        for seconds in (0, 30, 299):
            with clock.set_to(TUESDAY + dt.timedelta(seconds=seconds)):
                assert deliver() == 0
        assert len(server.taken) == uncertain
        assert Message.objects.exclude(reason="").count() == 1
        with clock.set_to(TUESDAY + REST):
            assert deliver() == 9
    assert statuses().count("UNCERTAIN") == uncertain


def test_it_stops_when_it_must_end_and_when_it_has_lasted_long_enough(
    crew: Staff, mailoutbox: list[EmailMessage]
) -> None:
    for _ in range(2):
        case_at(State.SUBMITTED, crew)
    assert deliver(longest=dt.timedelta(0)) == 0
    assert deliver(must_end=lambda: len(mailoutbox) == 3) == 3
    assert statuses().count("WAITING") == 1


def test_a_sender_that_is_no_address_costs_no_message(crew: Staff) -> None:
    for _ in range(2):
        case_at(State.SUBMITTED, crew)
    with mail_server() as server, override_settings(DEFAULT_FROM_EMAIL="Dinas Sosial"):
        deliver()
        assert server.taken == []
    assert statuses() == ["WAITING"] * 4
    assert Message.objects.get(reason__gt="").reason.startswith("Alamat pengirim surel kantor tidak sah.")
    with mail_server() as server, clock.set_to(TUESDAY + 2 * REST):
        assert deliver() == 4
