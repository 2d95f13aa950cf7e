"""Mail: recipient, sender, reply address, and mail that cannot be composed."""

from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import override_settings

from consultations.enums import State
from consultations.models import HiddenIdentity
from notices.models import Message
from notices.services.delivery import deliver
from office.models import Office
from tests.factories import Staff, case_at
from tests.notices.smtp_stand_in import mail_server
from tests.shared_data import each


def test_an_error_in_a_template_delays_the_message(receipt: Message) -> None:
    with override_settings(TEMPLATES=[{**settings.TEMPLATES[0], "DIRS": []}]), mail_server() as server:
        assert deliver() == 0
    receipt.refresh_from_db()
    assert server.received == []
    assert (receipt.status, receipt.reason) == ("WAITING", "Pengiriman terhenti karena kesalahan sistem.")


@each(
    "address",
    [
        "bukan alamat",
        "siti@example.id\nBcc: lain@example.id",
        "\u212aantor@example.id",
        f"siti@{'\xe4' * 60}.id",
    ],
)
def test_mail_to_invalid_addresses_fails(address: str, crew: Staff, caplog: pytest.LogCaptureFixture) -> None:
    """Some look valid, e.g. with a Kelvin sign for a K, but no server accepts them."""
    case_at(State.SUBMITTED, crew, kind="COMPLAINT", identity="CONFIDENTIAL")
    hidden = HiddenIdentity.objects.get()
    hidden.email = address
    hidden.save()
    with mail_server() as server:
        deliver()
    assert [mail["To"] for mail in server.received] == ["pkd@dinas.example"]
    message = Message.objects.get(notice__recipient=None)
    assert (message.status, message.reason) == ("FAILED", "Alamat surel tidak sah.")
    assert address not in caplog.text


@each("address", ["siti@\u212aantor.id", "siti@ex\xe4mple.id"])
def test_an_internationalised_domain_is_accepted(address: str, crew: Staff) -> None:
    case_at(State.SUBMITTED, crew, email=address)
    with mail_server():
        assert deliver() == 2


def test_the_log_names_a_mail_that_cannot_be_encoded_without_its_address(
    receipt: Message, caplog: pytest.LogCaptureFixture
) -> None:
    with override_settings(DEFAULT_FROM_EMAIL="Dinas\nSosial <dinas@dinas.example>"), mail_server():
        assert deliver() == 0
    receipt.refresh_from_db()
    assert receipt.status == "WAITING"
    assert receipt.reason == "Surel tidak dapat disusun. Hubungi administrator."
    assert str(receipt.key) in caplog.text
    assert "siti@example.id" not in caplog.text
    assert "Traceback" not in caplog.text


def test_a_message_without_an_address_fails(crew: Staff) -> None:
    case = case_at(State.SUBMITTED, crew)
    type(case).objects.filter(pk=case.pk).update(email="")
    with mail_server():
        deliver()
    assert Message.objects.get(notice__recipient=None).status == "FAILED"


def test_the_command_for_a_test_mail_says_why_none_was_sent(db: None, settings: Any) -> None:
    def send(address: str) -> str:
        output = StringIO()
        call_command("sendtestemail", address, stdout=output)
        return output.getvalue()

    settings.DEFAULT_FROM_EMAIL = "dinas@example.id"
    with mail_server(["no such user"]) as server:
        with pytest.raises(CommandError, match="menolak pesan ini \\(kode 550\\)"):
            send("salah@example.id")
        assert "diterima server surel untuk admin@example.id" in send("admin@example.id")
        assert "Surel uji dari Rembuk" in str(server.received[0]["Subject"])
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}
    for address, sentence in (("admin@example.id", "belum disiapkan"), ("bukan alamat", "tidak sah")):
        with pytest.raises(CommandError, match=sentence):
            send(address)


@each(("email", "reply_to"), [("kantor@dinas.example", ["kantor@dinas.example"]), ("", []), ("kantor", [])])
def test_headers_of_a_mail(
    email: str, reply_to: list[str], receipt: Message, mailoutbox: list[EmailMessage]
) -> None:
    Office.objects.update(email=email)
    mailoutbox.clear()
    deliver()
    (mail,) = mailoutbox
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    assert mail.extra_headers["Message-ID"] == f"<{receipt.key}@layanan.example>"
    assert mail.reply_to == reply_to


def test_a_hidden_complainant_gets_no_reply_address(crew: Staff, mailoutbox: list[EmailMessage]) -> None:
    Office.objects.update(email="kantor@dinas.example")
    case_at(State.SUBMITTED, crew, kind="COMPLAINT", identity="CONFIDENTIAL")
    deliver()
    mails = {mail.to[0]: mail for mail in mailoutbox}
    assert mails.keys() == {"siti@example.id", "pkd@dinas.example"}
    assert mails["pkd@dinas.example"].reply_to == ["kantor@dinas.example"]
    assert mails["siti@example.id"].reply_to == []
    assert "Jangan membalas surel ini" in mails["siti@example.id"].body
