"""A mail server that refuses, hangs or dies loses no notice and sends none twice."""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import override_settings

from consultations.enums import State
from notices.delivery import BACK_OFF, LEASE, deliver
from notices.models import Message
from notices.queue import TO_BE_DECIDED, mark_as_sent, send_again, set_aside
from office import clock
from tests.factories import Staff, case_at, make_office, make_staff

from .conftest import TUESDAY, give_addresses, statuses
from .smtp_stand_in import HEALTHY, MOODS, mail_server, mailer

DAY, NOON = dt.timedelta(days=1), 12


# fmt: off -- a table is read in columns
ENDS = {
    #              status       taken  minutes until the next try
    HEALTHY: ("SENT", 1, None),
    "closed": ("WAITING", 0, 10),
    "full": ("WAITING", 0, 10),
    "busy": ("WAITING", 0, 1),
    "no such user": ("FAILED", 0, None),
    "not now": ("WAITING", 0, 1),
    "spam": ("FAILED", 0, None),
    "hangs early": ("WAITING", 0, 10),
    "dies early": ("WAITING", 0, 10),
    "hangs late": ("UNCERTAIN", 1, None),
    "dies late": ("UNCERTAIN", 1, None),
    "loses it": ("UNCERTAIN", 0, None),
    "rude": ("SENT", 1, None),
}
# fmt: on


@pytest.mark.parametrize("mood", MOODS)
def test_how_each_mood_ends(mood: str, receipt: Message) -> None:
    status, taken, minutes = ENDS[mood]
    with mail_server([mood]) as server:
        deliver()
    receipt.refresh_from_db()
    assert (receipt.status, len(server.taken)) == (status, taken)
    assert bool(receipt.reason) is (status != "SENT")
    if minutes:
        assert receipt.due_at == TUESDAY + dt.timedelta(minutes=minutes)
    decides = Message.objects.filter(TO_BE_DECIDED).exists()
    assert decides is (status in ("UNCERTAIN", "FAILED"))


def test_a_server_that_is_not_there(receipt: Message) -> None:
    with mail_server() as server:
        port = server.port
    with override_settings(MAILERS={"default": mailer(port)}):
        assert deliver() == 0
    receipt.refresh_from_db()
    assert (receipt.status, receipt.attempts) == ("WAITING", 0)


def test_a_message_is_tried_for_a_day_at_growing_intervals_and_then_given_to_a_person(
    receipt: Message,
) -> None:
    waits, now = [], TUESDAY
    with mail_server(["busy"] * 99):
        while (status := statuses()[0]) == "WAITING":
            with clock.set_to(now):
                deliver()
            receipt.refresh_from_db()
            waits.append(receipt.due_at - now)
            now = receipt.due_at
    assert waits[:-1] == list(BACK_OFF)
    assert status == "FAILED"
    assert sum(BACK_OFF, dt.timedelta()) < DAY


def test_it_is_not_tried_before_its_time(receipt: Message) -> None:
    with mail_server(["busy"]) as server:
        deliver()
        with clock.set_to(TUESDAY + dt.timedelta(seconds=59)):
            assert deliver() == 0
        with clock.set_to(TUESDAY + dt.timedelta(seconds=60)):
            assert deliver() == 1
    assert len(server.taken) == 1


def test_a_letter_box_that_is_not_set_up_sends_nothing(
    receipt: Message, capsys: pytest.CaptureFixture[str]
) -> None:
    for backend in ("dummy", "console"):
        nowhere = {"default": {"BACKEND": f"django.core.mail.backends.{backend}.EmailBackend"}}
        with override_settings(MAILERS=nowhere), clock.set_to(receipt.due_at):
            assert deliver() == 0
        receipt.refresh_from_db()
        assert (receipt.status, receipt.reason) == (
            "WAITING",
            "Surel belum disiapkan. Hubungi administrator.",
        )
    assert receipt.notice.case.secret not in capsys.readouterr().out


@pytest.mark.parametrize("seed", range(2))
def test_under_a_mix_of_all_moods_no_notice_is_lost_and_none_sent_twice(
    seed: int, crew: Staff, at_work: dt.datetime
) -> None:
    for _ in range(12):
        case_at(State.SUBMITTED, crew)
    mixed = random.Random(seed)  # noqa: S311
    moods = [mixed.choice([*MOODS]) for _ in range(40)]
    now = at_work
    with mail_server(moods, timeout=0.1) as server:
        while Message.objects.filter(status="WAITING").exists():
            with clock.set_to(now):
                deliver()
            now += dt.timedelta(minutes=5) if now.hour < NOON else dt.timedelta(hours=22)
    taken = Counter(server.ids())
    assert max(taken.values()) == 1
    ends = Counter(statuses())
    assert sum(ends.values()) == 24
    assert set(ends) <= {"SENT", "UNCERTAIN", "FAILED"}
    for message in Message.objects.all():
        arrived = taken[f"<{message.key}@layanan.example>"]
        assert arrived == {"SENT": 1, "FAILED": 0}.get(message.status, arrived)
    for message in Message.objects.filter(TO_BE_DECIDED):
        assert send_again(message, by=crew.pkd)
    with mail_server() as server, clock.set_to(now):
        deliver()
    assert Counter(statuses()) == {"SENT": 24}


def test_a_killed_sender_leaves_the_message_to_a_person(shared_database: None, known_mail: None) -> None:
    """Killed with -9 after the message was handed over: the row cannot say what became of it.

    Staff have no address here: in office hours their mail would be the first to go.
    """
    make_office()
    crew = make_staff()
    case_at(State.SUBMITTED, crew)
    with mail_server(["hangs late"]) as server:
        sender = start_sender(server.port)
        assert server.has_a_message.wait(60)
        os.kill(sender.pid, signal.SIGKILL)
        sender.wait()
    message = Message.objects.get(notice__recipient=None)
    assert message.status == "SENDING"
    with mail_server() as server, clock.set_to(clock.now() + LEASE + dt.timedelta(seconds=1)):
        deliver()
        deliver()
        assert f"<{message.key}@layanan.example>" not in server.ids()
    message.refresh_from_db()
    assert (message.status, message.reason) == ("UNCERTAIN", "Pengiriman terhenti di tengah jalan.")
    assert mark_as_sent(message, by=crew.pkd)
    assert not send_again(message, by=crew.pkd)


def give_addresses_to_all() -> Staff:
    make_office()
    return give_addresses(make_staff())


SENDER = """
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {database!r}
settings.MAILERS = {{"default": {mailer!r}}}
django.setup()
from notices.delivery import deliver
deliver()
"""


def start_sender(port: int) -> subprocess.Popen[bytes]:
    """Another process that delivers, on the test's own database."""
    code = SENDER.format(database=str(connection.settings_dict["NAME"]), mailer=mailer(port, timeout=60))
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen([sys.executable, "-c", code], cwd=Path(settings.BASE_DIR), env=environment)  # noqa: S603


def test_eight_who_deliver_at_once_send_each_message_once(shared_database: None, known_mail: None) -> None:
    with clock.set_to(TUESDAY), mail_server() as server:
        crew = give_addresses_to_all()
        for _ in range(10):
            case_at(State.SUBMITTED, crew)
        contexts = [copy_context() for _ in range(8)]

        def one(context: object) -> int:
            try:
                return int(context.run(deliver))  # type: ignore[attr-defined]
            finally:
                connections.close_all()

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(one, contexts)) == 20
        assert Counter(Counter(server.ids()).values()) == {1: 20}
    assert Counter(statuses()) == {"SENT": 20}


def test_of_two_who_decide_on_a_message_one_decides(receipt: Message, crew: Staff) -> None:
    with mail_server(["dies late"]):
        deliver()
    assert mark_as_sent(receipt, by=crew.pkd)
    assert not set_aside(receipt, by=crew.sekretariat, reason="Ditelepon.")
    assert not send_again(receipt, by=crew.sekretariat)
    receipt.refresh_from_db()
    assert (receipt.status, receipt.handled_by) == ("SENT", crew.pkd)
