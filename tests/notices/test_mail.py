"""The mail itself: to whom, from whom, who answers, and what becomes of one that cannot be written."""

import socket

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from django.conf import settings
from django.core.mail import EmailMessage
from django.test import override_settings

from consultations.enums import State
from consultations.models import HiddenIdentity
from notices.delivery import deliver
from notices.models import Message
from office.models import Office
from tests.factories import Staff, case_at

from .smtp_stand_in import mail_server, mailer


def test_a_letter_that_cannot_be_written_has_not_left(receipt: Message) -> None:
    with override_settings(TEMPLATES=[{**settings.TEMPLATES[0], "DIRS": []}]), mail_server() as server:
        assert deliver() == 0
    receipt.refresh_from_db()
    assert server.taken == []
    assert (receipt.status, receipt.reason) == (
        "FAILED",
        "Pesan tidak dapat disusun karena kesalahan sistem.",
    )


@pytest.mark.parametrize(
    "address",
    ["bukan alamat", "\u212aantor@example.id", f"siti@{'\xe4' * 60}.id"],
    ids=["words", "Kelvin sign", "too long a name"],
)
def test_an_address_that_is_none_is_shown_to_a_person(
    address: str, crew: Staff, at_work: object, caplog: pytest.LogCaptureFixture
) -> None:
    """Some look like one (a Kelvin sign for a K, a name too long for the net): no server takes them."""
    case_at(State.SUBMITTED, crew, kind="COMPLAINT", identity="CONFIDENTIAL")
    HiddenIdentity.objects.update(email=address)
    with mail_server() as server:
        deliver()
    assert [mail["To"] for mail in server.taken] == ["pkd@dinas.example"]
    message = Message.objects.get(notice__recipient=None)
    assert (message.status, message.reason) == ("FAILED", "Alamat surel tidak sah.")
    assert address not in caplog.text


@pytest.mark.parametrize("address", ["siti@\u212aantor.id", "siti@ex\xe4mple.id"], ids=ascii)
def test_a_name_of_the_net_in_other_letters_is_written_in_the_usual_ones(
    address: str, crew: Staff, at_work: object
) -> None:
    case_at(State.SUBMITTED, crew, email=address)
    with mail_server():
        assert deliver() == 2


def test_the_log_says_which_mail_cannot_be_written_and_nobodys_address(
    receipt: Message, caplog: pytest.LogCaptureFixture
) -> None:
    with override_settings(DEFAULT_FROM_EMAIL="Dinas\nSosial <dinas@dinas.example>"), mail_server():
        assert deliver() == 0
    receipt.refresh_from_db()
    assert (receipt.status, receipt.reason) == (
        "WAITING",
        "Surel tidak dapat disusun. Hubungi administrator.",
    )
    assert str(receipt.key) in caplog.text
    assert "siti@example.id" not in caplog.text
    assert "Traceback" not in caplog.text


def test_an_address_that_is_known_no_longer(crew: Staff, at_work: object) -> None:
    case = case_at(State.SUBMITTED, crew)
    type(case).objects.filter(pk=case.pk).update(email="")
    with mail_server():
        deliver()
    assert Message.objects.get(notice__recipient=None).status == "FAILED"


class _Letters(MessageHandler):
    def __init__(self) -> None:
        super().__init__()
        self.letters: list[object] = []

    def handle_message(self, message: object) -> None:
        self.letters.append(message)


def test_a_real_mail_server_takes_it(receipt: Message) -> None:
    handler = _Letters()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with override_settings(MAILERS={"default": mailer(port, timeout=10)}):
            assert deliver() == 1
    finally:
        controller.stop()
    assert len(handler.letters) == 1


def test_a_message_says_that_a_machine_sent_it_and_who_answers(
    receipt: Message, mailoutbox: list[EmailMessage]
) -> None:
    Office.objects.update(email="kantor@dinas.example")
    deliver()
    (mail,) = mailoutbox
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    assert mail.extra_headers["Message-ID"] == f"<{receipt.key}@layanan.example>"
    assert mail.reply_to == ["kantor@dinas.example"]


@pytest.mark.parametrize("email", ["", "kantor"])
def test_without_an_address_of_the_office_an_answer_goes_to_the_sender(
    email: str, receipt: Message, mailoutbox: list[EmailMessage]
) -> None:
    Office.objects.update(email=email)
    deliver()
    assert mailoutbox[0].reply_to == []


def test_no_answer_makes_a_hidden_complainant_known(crew: Staff, mailoutbox: list[EmailMessage]) -> None:
    Office.objects.update(email="kantor@dinas.example")
    case_at(State.SUBMITTED, crew, kind="COMPLAINT", identity="CONFIDENTIAL")
    deliver()
    answers = {mail.to[0]: mail.reply_to for mail in mailoutbox}
    assert answers == {"siti@example.id": [], "pkd@dinas.example": ["kantor@dinas.example"]}
    (mail,) = [mail for mail in mailoutbox if mail.to == ["siti@example.id"]]
    assert "Jangan membalas surel ini" in mail.body
