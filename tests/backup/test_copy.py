"""A restored or copied office sends nothing until somebody lets it: a mail server listens at both places."""

import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.test import Client

from consultations.enums import State
from documents.signing import SigningFailed
from documents.signing.bsre import request_signature
from exchange.models import System, WebhookEvent
from exchange.systems import notify_officials, propose
from exchange.webhooks import deliver as announce, set_webhook
from kit import clock, place
from kit.models import Place as PlaceRow
from kit.outbox import LEASE
from kit.outgoing import NotReached, send_request
from notices.mail import Unreachable, send_text
from notices.models import Message
from notices.services.delivery import MAX_AGE, cancel_old_messages, deliver
from notices.services.occasions import create_reminders
from office.access.accounts import AccountAdapter
from tests.backup.conftest import Place
from tests.backup.test_drill import run
from tests.exchange.conftest import make_caller
from tests.factories import ClientOf, Staff, case_at
from tests.notices.smtp_stand_in import MailServer, mail_server
from trust.record.heads import mail_head, make_tonight
from trust.record.models import Head

NAME = socket.gethostname()


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def waiting(shared_database: None, target: Path, staff: Staff, server: MailServer) -> Message:
    """A mail to a citizen, which is due at once, and an announcement to another system."""
    caller = make_caller("SIMDA", by=staff.admin, official=staff.kadis)
    set_webhook(caller.system, by=staff.kadis, url="https://sistem.example/")
    case_at(State.SUBMITTED, staff, email="siti@example.id")
    Message.objects.exclude(notice__recipient=None).delete()
    return Message.objects.get()


@pytest.fixture(autouse=True)
def data(target: Path) -> None:
    """The folder in which the backup leaves its mark."""
    settings.DATA_DIR.mkdir()


def restore(target: Path) -> None:
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    run("restore", target)


def copy_by_hand(target: Path) -> None:
    """Copy the database with the means of the system, and the files, behind Rembuk's back."""
    there = connection.settings_dict["NAME"]
    here = there.removesuffix("_elsewhere")
    connection.close()
    if connection.vendor == "sqlite":
        shutil.copy(here, there)
    else:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{there}"')
            cursor.execute(f'CREATE DATABASE "{there}" TEMPLATE "{here}"')


@pytest.mark.parametrize("copy", [restore, copy_by_hand])
@pytest.mark.differs_by_database
def test_the_copy_sends_nothing_and_the_office_goes_on(
    copy: Callable[[Path], None],
    waiting: Message,
    staff: Staff,
    target: Path,
    elsewhere: Place,
    server: MailServer,
) -> None:
    run("backup", target)
    with elsewhere():
        copy(target)
        assert deliver() == announce() == 0
        assert server.received == []
        assert Message.objects.get().status == Message.Status.WAITING
        assert WebhookEvent.objects.get().status == WebhookEvent.Status.WAITING
    assert deliver() == 1
    assert len(server.received) == 1
    with elsewhere():
        copy(target)
        with pytest.raises(CommandError, match="Nothing was changed"):
            run("resume_sending", "komputer-lain")
        with pytest.raises(CommandError, match="--waiting=send or --waiting=drop"):
            run("resume_sending", NAME)
        assert deliver() == 0
        if copy is restore:  # the other copy was made after the mail had been sent
            assert "2 messages and announcements wait" in run("resume_sending", NAME, waiting="drop")
            assert (Message.objects.get().status, WebhookEvent.objects.get().status) == (
                "CANCELLED",
                "FAILED",
            )
            assert "sudah ada sebelum" in Message.objects.get().reason
        else:
            run("resume_sending", NAME, waiting="send")
        case_at(State.SUBMITTED, staff, email="budi@example.id")
        assert deliver() == 1
        assert "sends already" in run("resume_sending", NAME)
    assert len(server.received) == 2
    assert not place.is_copy()


def test_what_waits_can_be_sent_when_the_copy_goes_on(
    waiting: Message, target: Path, elsewhere: Place, server: MailServer
) -> None:
    run("backup", target)
    WebhookEvent.objects.update(fails_at=clock.now())
    with elsewhere():
        restore(target)
        WebhookEvent.objects.update(fails_at=clock.now())
        run("resume_sending", NAME, waiting="send")
        assert WebhookEvent.objects.get().fails_at > clock.now()
        assert deliver() == 1


@pytest.mark.parametrize(("choice", "sent"), [("drop", 0), ("send", 2)])
def test_what_was_being_sent_and_mails_to_officials_count_as_waiting(
    choice: str, sent: int, waiting: Message, staff: Staff, target: Path, elsewhere: Place, server: MailServer
) -> None:
    """The workers of the office had claimed them at the moment of the backup. A copy has no workers."""
    staff.kadis.email = "kadis@dinas.example"
    staff.kadis.save()
    propose(System(name="SAMSAT", official=staff.kadis, contact="x", reads_cases=True), by=staff.admin)
    claimed: dict[str, Any] = {"status": "SENDING", "claimed_at": clock.now(), "attempts": 1}
    Message.objects.update(**claimed)
    WebhookEvent.objects.update(**claimed)
    run("backup", target)
    with elsewhere():
        restore(target)
        assert "3 messages and announcements wait" in run("resume_sending", NAME, waiting=choice)
        later = clock.now() + 2 * LEASE
        with clock.set_to(later):
            assert deliver() + notify_officials() == len(server.received) == sent
        left = {*Message.objects.values_list("status"), *WebhookEvent.objects.values_list("status")}
        assert ("SENDING",) not in left


@pytest.fixture
def copied(staff: Staff) -> Staff:
    """The office, in a place that nobody has named."""
    PlaceRow.objects.update(identity="0" * 64)
    return staff


def test_nothing_else_leaves_a_copy(
    copied: Staff, settings: Any, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Unreachable, match="Salinan ini tidak mengirim"):
        send_text("Undangan", "Tautan", "pegawai@example.id")
    AccountAdapter().send_mail("account/email/password_reset_key", "pegawai@example.id", {})
    with pytest.raises(NotReached, match="copy"):
        send_request("POST", "https://example.go.id/", timeout=1)
    with pytest.raises(SigningFailed, match="Salinan"):
        request_signature(b"%PDF", email="a@example.id", passphrase="x", reason="", location="")
    assert server.received == []
    assert "this is a copy" in caplog.text


def test_a_copy_makes_and_mails_no_head(copied: Staff, settings: Any, server: MailServer) -> None:
    settings.SEAL_RECIPIENTS = ["inspektorat@example.id"]
    settings.DEFAULT_FROM_EMAIL = "dinas@example.id"
    case_at(State.SUBMITTED, copied)
    assert make_tonight() is None
    place.take_place(NAME)
    head = make_tonight()
    assert head
    PlaceRow.objects.all().delete()
    mail_head.func(head.pk)
    assert Head.objects.get().mailed_at is None
    place.take_place(NAME)
    mail_head.func(head.pk)
    assert Head.objects.get().mailed_at
    assert len(server.received) == 1


def test_what_waits_in_a_copy_grows_no_older_and_nobody_is_reminded(copied: Staff) -> None:
    with clock.set_to(clock.now() - (MAX_AGE + 20) * clock.dt.timedelta(days=1)):
        case_at(State.SUBMITTED, copied, email="siti@example.id")
    assert cancel_old_messages() == create_reminders() == 0
    place.take_place(NAME)
    assert cancel_old_messages() > 0


def test_staff_see_a_band_and_cannot_send_by_hand(copied: Staff, client_of: ClientOf) -> None:
    case_at(State.SCHEDULED, copied)
    message = Message.objects.filter(by_hand=True).first()
    assert message
    client = client_of(copied.sekretariat)
    queue = client.get("/pesan/").text
    assert "SALINAN" in queue
    assert "Buka di WhatsApp" not in queue
    assert client.get(f"/pesan/{message.pk}/whatsapp/").status_code == 404
    assert "SALINAN" in client_of(copied.admin).get("/pengaturan/").text
    assert "SALINAN" not in Client().get("/").text
    place.take_place(NAME)
    assert "SALINAN" not in client.get("/pesan/").text
    assert client.get(f"/pesan/{message.pk}/whatsapp/").status_code == 302


def test_a_copy_leaves_the_repository_of_the_office_alone(copied: Staff, target: Path) -> None:
    with pytest.raises(CommandError, match="This is a copy"):
        run("backup", target, copy_follows=True)
