"""Delivery: a mail server that refuses, hangs or disconnects loses no message."""

import datetime as dt
import random
from collections import Counter
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import override_settings

from consultations.enums import State
from kit import clock, jobs
from kit.outbox import LEASE, PAUSE as CHANNEL_PAUSE
from notices.models import Message
from notices.queries import messages_to_handle
from notices.services.delivery import BACK_OFF, OUTBOX, deliver, send_again
from office.worktime import in_office
from tests.factories import Staff, case_at
from tests.notices.conftest import TUESDAY, statuses
from tests.notices.smtp_stand_in import HEALTHY, mail_server, mailer
from tests.shared_data import each

# fmt: off
RESULTS = {
    #              status     received  minutes until the next attempt, attempts
    HEALTHY:       ("SENT",    1, None, 1),  # accepts the message
    "closed":      ("WAITING", 0, 5,    0),  # disconnects at once
    "full":        ("WAITING", 0, 5,    0),  # 421 instead of a greeting
    "busy":        ("WAITING", 0, 1,    1),  # 451 to the recipient
    "no such user": ("FAILED", 0, None, 1),  # 550 to the recipient
    "not now":     ("WAITING", 0, 1,    1),  # 451 to the message
    "spam":        ("FAILED",  0, None, 1),  # 554 to the message
    "hangs early": ("WAITING", 0, 5,    1),  # does not answer to the recipient
    "dies early":  ("WAITING", 0, 5,    1),  # disconnects at DATA
    "hangs late":  ("WAITING", 1, 5,    1),  # receives the message and does not answer
    "dies late":   ("WAITING", 1, 5,    1),  # receives the message and disconnects
    "loses it":    ("WAITING", 0, 5,    1),  # disconnects at its end and does not store it
    "rude":        ("SENT",    1, None, 1),  # accepts the message and answers nonsense to QUIT
}
# fmt: on


@each(("behaviour", "result"), RESULTS.items())
def test_result_of_each_behaviour(behaviour: str, result: Any, receipt: Message, crew: Staff) -> None:
    status, received, minutes, attempts = result
    with mail_server([behaviour]) as server:
        deliver()
    receipt.refresh_from_db()
    assert (receipt.status, len(server.received), receipt.attempts) == (status, received, attempts)
    assert bool(receipt.reason) is (status != "SENT")
    if minutes:
        assert receipt.due_at == TUESDAY + dt.timedelta(minutes=minutes)
    assert messages_to_handle(crew.pkd).exists() is (status == "FAILED")


def test_an_absent_server_costs_no_attempt(receipt: Message) -> None:
    with mail_server() as server:
        absent = mailer(server.port, timeout=20)
    with override_settings(MAILERS={"default": absent}):
        assert deliver() == 0
    receipt.refresh_from_db()
    assert (receipt.status, receipt.attempts) == ("WAITING", 0)


@pytest.mark.differs_by_database
def test_the_scheduler_delivers_due_messages_once(crew: Staff, mailoutbox: list[EmailMessage]) -> None:
    case_at(State.SUBMITTED, crew)
    for _ in range(2):
        jobs.run([job for job in jobs.list_jobs() if job is deliver], within=in_office)
    assert len(mailoutbox) == 2


def deliver_until_done(receipt: Message) -> list[dt.timedelta]:
    """Deliver until the message no longer waits, and return the delays between the attempts."""
    delays, now = [], TUESDAY
    while receipt.status == "WAITING":
        with clock.set_to(now):
            deliver()
        receipt.refresh_from_db()
        delays.append(receipt.due_at - now)
        now = receipt.due_at
    return delays[:-1]


@each("behaviour", ["busy", "dies late"])
def test_delays_grow_for_a_day_and_then_the_message_fails(behaviour: str, receipt: Message) -> None:
    with mail_server([behaviour] * 99) as server:
        delays = deliver_until_done(receipt)
    assert receipt.status == "FAILED"
    assert sum(BACK_OFF, dt.timedelta()) < dt.timedelta(days=1)
    if behaviour == "busy":
        assert delays == list(BACK_OFF)
    else:
        assert Counter(server.ids()) == {f"<{receipt.key}@layanan.example>": len(BACK_OFF) + 1}


def test_a_message_is_not_tried_before_it_is_due(receipt: Message) -> None:
    assert deliver(max_runtime=dt.timedelta(0)) == 0
    assert statuses() == ["WAITING"], "none is started after the maximum runtime"
    with mail_server(["busy"]) as server:
        deliver()
        for seconds, sent in ((59, 0), (60, 1)):
            with clock.set_to(TUESDAY + dt.timedelta(seconds=seconds)):
                assert deliver() == sent
    assert len(server.received) == 1


@pytest.mark.release
def test_an_outage_of_days_costs_no_attempts(receipt: Message) -> None:
    with mail_server(["full"] * 40) as server:
        for hours, sent in (*((hours, 0) for hours in range(40)), (48, 1)):
            with clock.set_to(TUESDAY + dt.timedelta(hours=hours)):
                assert deliver() == sent
    assert len(server.received) == 1


def test_without_a_mail_server_messages_wait(receipt: Message, capsys: pytest.CaptureFixture[str]) -> None:
    for backend in ("dummy", "console"):
        nowhere = {"default": {"BACKEND": f"django.core.mail.backends.{backend}.EmailBackend"}}
        with override_settings(MAILERS=nowhere), clock.set_to(receipt.due_at):
            assert deliver() == 0
        receipt.refresh_from_db()
        assert receipt.status == "WAITING"
        assert receipt.reason == "Surel belum disiapkan. Hubungi administrator."
    assert receipt.notice.case.secret not in capsys.readouterr().out


@pytest.mark.differs_by_database
def test_a_mix_of_behaviours_loses_no_message(crew: Staff, at_work: dt.datetime) -> None:
    for _ in range(8):
        case_at(State.SUBMITTED, crew)
    mixed = random.Random(7)  # noqa: S311
    behaviours = [mixed.choice([*RESULTS]) for _ in range(26)]
    now = at_work
    with mail_server(behaviours) as server:
        while Message.objects.filter(status="WAITING").exists():
            with clock.set_to(now):
                deliver()
            now += dt.timedelta(minutes=5) if now.hour < 12 else dt.timedelta(hours=22)
        failed = Message.objects.filter(status="FAILED")
        assert len(statuses()) == 16
        assert set(statuses()) == {"SENT", "FAILED"}
        for message in failed:
            assert send_again(message, by=crew.pkd)
        with clock.set_to(now):
            deliver()
    assert Counter(statuses()) == {"SENT": 16}
    assert set(server.ids()) == {f"<{message.key}@layanan.example>" for message in Message.objects.all()}


@pytest.mark.release
@each("behaviour", ["full", "hangs early", "dies late"])
def test_a_channel_pauses_after_a_server_gave_no_answer(behaviour: str, crew: Staff) -> None:
    for _ in range(5):
        case_at(State.SUBMITTED, crew)
    with mail_server([behaviour]) as server:
        for seconds in (0, 30, 299):
            with clock.set_to(TUESDAY + dt.timedelta(seconds=seconds)):
                assert deliver() == 0
        assert not server.behaviours
        assert Message.objects.exclude(reason="").count() == 1
        with clock.set_to(TUESDAY + CHANNEL_PAUSE):
            assert deliver() == 10


def test_an_invalid_sender_costs_no_message(crew: Staff) -> None:
    case_at(State.SUBMITTED, crew)
    with mail_server() as server, override_settings(DEFAULT_FROM_EMAIL="Dinas Sosial"):
        deliver()
        assert server.received == []
    assert statuses() == ["WAITING"] * 2
    assert Message.objects.get(reason__gt="").reason.startswith("Alamat pengirim surel kantor tidak sah.")
    with mail_server() as server, clock.set_to(TUESDAY + CHANNEL_PAUSE):
        assert deliver() == 2


@pytest.mark.differs_by_database
@each(("attempts", "status"), [(1, "WAITING"), (len(BACK_OFF) + 1, "FAILED")])
def test_an_old_claim_is_released(attempts: int, status: str, receipt: Message) -> None:
    Message.objects.update(status="SENDING", attempts=attempts, claimed_at=TUESDAY)
    for age, released in ((LEASE, 0), (LEASE * 2, 1)):
        with clock.set_to(TUESDAY + age):
            assert OUTBOX.release_old_claims() == released
    receipt.refresh_from_db()
    assert (receipt.status, receipt.reason) == (status, "Pengiriman terhenti di tengah jalan.")
