"""Messages by e-mail: composing and sending them, errors of delivery, system checks of the settings."""

import logging
import smtplib
from collections.abc import Sequence
from contextlib import suppress
from email.utils import make_msgid, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from consultations.enums import Identity
from consultations.identity import get_contact
from kit import place
from kit.outbox import NotSent as NotSent
from notices.models import Message
from notices.queries import unread_notices
from notices.texts import Mail, render_reminder, render_to_applicant, render_to_staff
from office.models import Office


def has_mail_server() -> bool:
    """Return whether a mail backend is configured. The console backend counts only with DEBUG."""
    backend = settings.MAILERS["default"]["BACKEND"]
    return ".dummy." not in backend and (settings.DEBUG or ".console." not in backend)


def has_sender() -> bool:
    """Return whether DEFAULT_FROM_EMAIL holds a valid address, with or without a name."""
    return is_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])


def is_address(text: str) -> bool:
    """Return whether this is one e-mail address that every mail server accepts.

    Only ASCII is allowed before the @; the domain may be internationalised.
    """
    name, _at, domain = text.rpartition("@")
    try:
        validate_email(text)
        punycode(domain)
    except (ValidationError, UnicodeError):
        return False
    return name.isascii()


class NotNeeded(NotSent):
    """The notice was read or superseded. The message is cancelled."""


class Unreachable(NotSent):
    """No message can be sent on this channel now. The channel pauses; this counts as no attempt."""


class Delayed(NotSent):
    """The message was refused for now. It is tried again."""


class NoAnswer(Delayed):
    """The connection broke during the transfer, so the message may have been sent. The channel pauses."""


class Rejected(NotSent):
    """The message was refused for good. Staff must handle it."""


MAX_IN_REMINDER = 20
PERMANENT = 500
"""Lowest SMTP reply code of a permanent failure."""

logger = logging.getLogger(__name__)


def compose(message: Message, *, office: Office) -> EmailMessage:
    """Return the mail with current text and address. Raise Unreachable or Rejected if it is impossible."""
    if not has_mail_server():
        raise Unreachable(_("Surel belum disiapkan. Hubungi administrator."))
    if not has_sender():
        logger.error("DEFAULT_FROM_EMAIL is no address: no mail goes out")
        raise Unreachable(_("Alamat pengirim surel kantor tidak sah. Hubungi administrator."))
    recipient = message.notice.recipient
    address = recipient.email if recipient else message.address or get_contact(message.notice.case).email
    if not address:
        raise Rejected(_("Alamat surel tidak diketahui lagi."))
    if not is_address(address):
        raise Rejected(_("Alamat surel tidak sah."))
    rendered = _render(message, office)
    return EmailMessage(
        rendered.subject,
        rendered.text,
        settings.DEFAULT_FROM_EMAIL,
        [address],
        reply_to=_reply_to(message, office),
        headers={
            # The same for each attempt, so that mail programs recognise a mail that arrives twice.
            "Message-ID": f"<{message.key}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def _render(message: Message, office: Office) -> Mail:
    recipient = message.notice.recipient
    if recipient is None:
        return render_to_applicant(message.notice, office=office)
    if message.is_reminder:
        return render_reminder(list(unread_notices(recipient)[:MAX_IN_REMINDER]), office=office)
    return render_to_staff(message.notice, office=office)


def _reply_to(message: Message, office: Office) -> list[str] | None:
    """Return the office's address. A hidden complainant gets none, since a reply would reveal the name."""
    notice = message.notice
    hidden = notice.recipient is None and notice.case.identity != Identity.OPEN
    return [office.email] if is_address(office.email) and not hidden else None


def send_text(subject: str, text: str, recipient: str) -> None:
    """Send a mail that is no notice, such as an invitation. Raise NotSent if it was not sent."""
    if not has_mail_server():
        raise Unreachable(_("Server surel belum disiapkan."))
    if not has_sender():
        raise Unreachable(_("Alamat pengirim belum disiapkan (DEFAULT_FROM_EMAIL)."))
    domain = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": make_msgid(domain=domain)}
    send(EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [recipient], headers=headers))


def send(mail: EmailMessage) -> None:
    """Send a mail. Raise NotSent if that fails, or if this is a copy."""
    if place.is_copy():
        raise Unreachable(str(place.SILENT))
    connection = mailers["default"]
    try:
        _open(connection)
        _transfer(connection, mail)
    finally:
        with suppress(OSError):  # the mail was accepted or refused before
            connection.close()


def _open(connection: BaseEmailBackend) -> None:
    try:
        connection.open()
    except smtplib.SMTPResponseException as error:
        raise _refused_office(error) from error
    except OSError as error:
        logger.warning("the mail server cannot be reached: %s", type(error).__name__)
        raise Unreachable(_("Server surel tidak dapat dihubungi.")) from error


def _transfer(connection: BaseEmailBackend, mail: EmailMessage) -> None:
    try:
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused_mail(next(iter(error.recipients.values()))[0]) from error
    except smtplib.SMTPDataError as error:
        raise _refused_mail(error.smtp_code) from error
    except smtplib.SMTPResponseException as error:
        raise _refused_office(error) from error
    except ValueError as error:
        # The text of the error may contain an address, so it is not logged.
        logger.error("mail %s cannot be encoded", mail.extra_headers["Message-ID"])
        raise Delayed(_("Surel tidak dapat disusun. Hubungi administrator.")) from error
    except OSError as error:
        raise NoAnswer(_("Sambungan terputus sebelum server surel menjawab.")) from error


def _refused_office(error: smtplib.SMTPResponseException) -> Unreachable:
    """Return the error for a refused greeting, login or sender, which affects every mail."""
    logger.error("the mail server refuses this office with code %s", error.smtp_code)
    return Unreachable(_("Server surel menolak kiriman kantor (kode %(code)s).") % {"code": error.smtp_code})


def _refused_mail(code: int) -> Delayed | Rejected:
    if code >= PERMANENT:
        return Rejected(_("Server surel menolak pesan ini (kode %(code)s).") % {"code": code})
    return Delayed(_("Server surel menunda pesan ini (kode %(code)s).") % {"code": code})


REQUIRED = ("WHATSAPP_TOKEN", "WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN")
LOCAL_BACKENDS = ("console", "dummy", "locmem", "filebased")
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


def check_whatsapp(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Check that WHATSAPP=cloud has all its settings and that the token is sent encrypted."""
    if settings.WHATSAPP != "cloud":
        return []
    problems: list[checks.CheckMessage] = []
    missing = [name for name in REQUIRED if not getattr(settings, name)]
    if missing:
        problems.append(
            checks.Error(
                f"WHATSAPP=cloud, but {', '.join(missing)} is not set.",
                hint="Take the values from the app's WhatsApp page at the provider, or set WHATSAPP=click.",
                id="notices.E001",
            )
        )
    address = urlsplit(settings.WHATSAPP_URL)
    if address.scheme not in ("http", "https") or not address.hostname:
        problems.append(checks.Error("WHATSAPP_URL is no http(s) address.", id="notices.E002"))
    elif address.scheme == "http" and address.hostname not in LOCAL_HOSTS:
        problems.append(
            checks.Error("The token would go to WHATSAPP_URL unencrypted: use https.", id="notices.E003")
        )
    return problems


def check_mail(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Check that mail has a sender and, in production, a mail server."""
    problems: list[checks.CheckMessage] = []
    if not has_sender():
        problems.append(
            checks.Error(
                "DEFAULT_FROM_EMAIL names no address, so no mail goes out.",
                hint="E.g. DEFAULT_FROM_EMAIL=Kantor Contoh <rembuk@example.go.id>",
                id="notices.E005",
            )
        )
    backend = settings.MAILERS["default"]["BACKEND"]
    if not (settings.DEBUG or settings.PRACTICE) and any(name in backend for name in LOCAL_BACKENDS):
        problems.append(
            checks.Warning(
                "No mail leaves this machine.",
                hint="Set EMAIL_URL, e.g. smtp+tls://name:password@mail.example.go.id:587",
                id="notices.W004",
            )
        )
    return problems
