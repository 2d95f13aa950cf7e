"""Concurrency: several workers, a killed worker, and changes to a message while it is claimed or sent."""

import datetime as dt
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from contextvars import copy_context
from functools import partial
from smtplib import SMTPDataError

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, connections, transaction
from django.test import override_settings

from consultations.enums import State
from consultations.models import Case
from consultations.secret_link import case_opened
from consultations.services import register
from kit import clock
from kit.outbox import LEASE
from notices.models import Message, Notice
from notices.queries import messages_to_handle
from notices.services.delivery import OUTBOX, cancel, cancel_old_messages, deliver, mark_as_sent, send_again
from office.models import Appointment, User
from tests.factories import Staff, case_at, make_office, make_staff
from tests.notices.conftest import TUESDAY, give_addresses, statuses
from tests.notices.intercepting_mail import mailers
from tests.notices.smtp_stand_in import mail_server, mailer
from tests.threads import run_at_once

WORKER = """
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {database!r}
settings.MAILERS = {{"default": {mailer!r}}}
django.setup()
from notices.services.delivery import deliver
deliver()
"""


def start_worker(port: int) -> subprocess.Popen[bytes]:
    """Start another process that delivers from the test database."""
    code = WORKER.format(database=str(connection.settings_dict["NAME"]), mailer=mailer(port, timeout=60))
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen([sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment)  # noqa: S603


def test_the_message_of_a_killed_worker_is_sent_again(
    shared_database: None, known_mail: None, running_clock: None
) -> None:
    """The worker gets `kill -9` after the server has received the message."""
    make_office()
    case_at(State.SUBMITTED, make_staff())
    with mail_server(["hangs late"]) as server:
        worker = start_worker(server.port)
        assert server.has_message.wait(60)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        assert statuses() == ["SENDING"]
        assert deliver() == 0
        with clock.set_to(clock.now() + LEASE + dt.timedelta(seconds=1)):
            assert deliver() == 1
    assert statuses() == ["SENT"]
    assert Counter(server.ids()) == {f"<{Message.objects.get().key}@layanan.example>": 2}


def test_eight_workers_send_each_message_once(shared_database: None, known_mail: None) -> None:
    with clock.set_to(TUESDAY), mail_server() as server:
        make_office()
        crew = give_addresses(make_staff())
        for _ in range(10):
            case_at(State.SUBMITTED, crew)
        assert sum(run_at_once([partial(copy_context().run, deliver) for _ in range(8)])) == 20
        assert Counter(Counter(server.ids()).values()) == {1: 20}
    assert Counter(statuses()) == {"SENT": 20}


def test_one_of_two_users_decides_on_a_message(receipt: Message, crew: Staff) -> None:
    with mail_server(["spam"]):
        deliver()
    assert mark_as_sent(receipt, by=crew.pkd)
    assert not cancel(receipt, by=crew.sekretariat, reason="Ditelepon.")
    assert not send_again(receipt, by=crew.sekretariat)
    receipt.refresh_from_db()
    assert (receipt.status, receipt.handled_by) == ("SENT", crew.pkd)


def test_delivery_to_staff_ends_with_working_time(crew: Staff) -> None:
    """The office closes during the first transfer."""
    for _ in range(2):
        case_at(State.SUBMITTED, crew, email="")
    with ExitStack() as evening:
        closing = clock.set_to(TUESDAY.replace(hour=16, minute=1))
        with override_settings(MAILERS=mailers(lambda: evening.enter_context(closing))):
            assert deliver() == 1
    assert statuses() == ["SENT", "WAITING"]


@pytest.mark.parametrize("column", ["superseded_at", "read_at"])
@pytest.mark.parametrize("error", [SMTPDataError(451, b""), SMTPDataError(554, b""), OSError()], ids=repr)
def test_a_notice_superseded_or_read_during_the_transfer_is_not_sent_later(
    error: Exception, column: str, crew: Staff, mailoutbox: list[EmailMessage]
) -> None:
    case_at(State.SUBMITTED, crew, email="")
    with override_settings(MAILERS=mailers(lambda: Notice.objects.update(**{column: clock.now()}), error)):
        assert deliver() == 0
    assert not messages_to_handle(crew.pkd).exists()
    with clock.set_to(TUESDAY + dt.timedelta(days=1)):
        assert deliver() == 0
    assert mailoutbox == []


@pytest.mark.parametrize("change", ["superseded", "inactive", "moved"])
def test_an_unneeded_message_is_cancelled(change: str, crew: Staff, mailoutbox: list[EmailMessage]) -> None:
    case_at(State.SUBMITTED, crew, email="")
    if change == "superseded":
        Notice.objects.update(superseded_at=clock.now())
    elif change == "inactive":
        User.objects.filter(pk=crew.pkd.pk).update(is_active=False)
    else:
        Appointment.objects.filter(user=crew.pkd).update(ends=clock.today() - dt.timedelta(days=1))
    assert deliver() == 0
    assert (statuses(), mailoutbox) == (["CANCELLED"], [])


def test_a_transfer_that_outlives_its_claim_counts_as_sent(receipt: Message) -> None:
    def another_worker() -> None:
        with clock.set_to(TUESDAY + LEASE * 2):
            assert OUTBOX.release_old_claims() == 1

    with override_settings(MAILERS=mailers(another_worker)):
        assert deliver() == 1
    receipt.refresh_from_db()
    assert (receipt.status, receipt.reason) == ("SENT", "")


def test_a_message_that_another_worker_delayed_waits(crew: Staff) -> None:
    for _ in range(2):
        case_at(State.SUBMITTED, crew, email="")

    def another_worker() -> None:
        with mail_server(["busy"]):
            assert deliver() == 0

    with override_settings(MAILERS=mailers(another_worker)):
        assert deliver() == 1
    found = Message.objects.order_by("pk").values_list("status", "attempts")
    assert list(found) == [("SENT", 1), ("WAITING", 1)]


type Change = Callable[[Message, Staff], object]

CHANGES: dict[str, Change] = {
    "read": lambda m, s: case_opened.send(Case, case=m.notice.case, by=s.pkd),
    "superseded": lambda m, s: register(m.notice.case, by=s.pkd, classification="400.9"),
    "too old": lambda m, s: cancel_old_messages(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_message_that_is_being_claimed_is_not_cancelled(change: str, shared_database: None) -> None:
    """The change waits for the transaction of the claim, and then no longer matches the message."""
    with clock.set_to(TUESDAY):
        make_office()
        crew = give_addresses(make_staff())
        message = case_at(State.SUBMITTED, crew).notices.get(recipient=crew.pkd).messages.get()
    later = clock.set_to(TUESDAY + dt.timedelta(days=30))
    with later, ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Message.objects.filter(pk=message.pk).update(status="SENDING", claimed_at=clock.now())
            changing = pool.submit(copy_context().run, run_and_disconnect, CHANGES[change], message, crew)
            assert wait([changing], timeout=0.3).not_done
        changing.result()
    message.refresh_from_db()
    assert message.status == "SENDING"


def run_and_disconnect(change: Change, message: Message, crew: Staff) -> None:
    try:
        change(Message.objects.select_related("notice__case").get(pk=message.pk), crew)
    finally:
        connections.close_all()
