"""The channel e-mail: one message in plain text, and how the mail server's answer is to be understood."""

import logging
import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from consultations.contact import get_contact
from consultations.enums import Identity
from notices.inbox import unread_by
from notices.mailer import has_sender, is_address, reaches_nobody
from notices.models import Message
from notices.outcomes import Delayed, Rejected, Uncertain, Unreachable
from notices.smtp import NoAnswer
from notices.texts import Letter, reminder, to_applicant, to_staff
from office.models import Office

MOST_IN_A_REMINDER = 20

logger = logging.getLogger(__name__)


def address_of(message: Message) -> str:
    """Where the message goes today; empty where no address is known any more."""
    recipient = message.notice.recipient
    return recipient.email if recipient else get_contact(message.notice.case).email


def letter_of(message: Message, *, office: Office) -> Letter:
    """What the message says, as things are now."""
    recipient = message.notice.recipient
    if recipient is None:
        return to_applicant(message.notice, office=office)
    if message.is_reminder:
        return reminder(list(unread_by(recipient)[:MOST_IN_A_REMINDER]), office=office)
    return to_staff(message.notice, office=office)


def compose(message: Message, *, office: Office) -> EmailMessage:
    """The mail, ready to be handed over. Raises an outcome of `outcomes.py` where there can be none."""
    if reaches_nobody():
        raise Unreachable(_("Surel belum disiapkan. Hubungi administrator."))
    if not has_sender():
        logger.error("DEFAULT_FROM_EMAIL is no address: no mail goes out")
        raise Unreachable(_("Alamat pengirim surel kantor tidak sah. Hubungi administrator."))
    address = address_of(message)
    if not address:
        raise Rejected(_("Alamat surel tidak diketahui lagi."))
    if not is_address(address):
        raise Rejected(_("Alamat surel tidak sah."))
    letter = letter_of(message, office=office)
    return EmailMessage(
        letter.subject,
        letter.text,
        settings.DEFAULT_FROM_EMAIL,
        [address],
        reply_to=_answers_to(message, office),
        headers={
            "Message-ID": f"<{message.key}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def _answers_to(message: Message, office: Office) -> list[str] | None:
    """Where an answer goes: to the office; nowhere from a complainant whom it would make known there."""
    notice = message.notice
    hidden = notice.recipient is None and notice.case.identity != Identity.OPEN
    return [office.email] if is_address(office.email) and not hidden else None


def hand_over(mail: EmailMessage) -> str:
    """Hand a mail to the mail server. Raises an outcome of `outcomes.py` where that fails."""
    try:
        mail.send(using="default")
    except NoAnswer as error:
        raise Uncertain(_("Sambungan terputus sebelum server surel menjawab.")) from error
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        raise _refused(_code(error)) from error
    except ValueError as error:
        # The message was not even begun; another one may still go. What the error says may name an address.
        key = mail.extra_headers["Message-ID"]
        logger.error("mail %s cannot be put into the form in which mail servers take it", key)
        raise Delayed(_("Surel tidak dapat disusun. Hubungi administrator.")) from error
    except smtplib.SMTPResponseException as error:
        # Greeting, login, sender: what the office must put right, whoever the message is for.
        logger.error("the mail server refuses this office with code %s", error.smtp_code)
        raise Unreachable(
            _("Server surel menolak kiriman kantor (kode %(code)s).") % {"code": error.smtp_code}
        ) from error
    except OSError as error:
        logger.warning("the mail server cannot be reached: %s", type(error).__name__)
        raise Unreachable(_("Server surel tidak dapat dihubungi.")) from error
    return ""


def _code(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> int:
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code
    return next(iter(error.recipients.values()))[0]


def _refused(code: int) -> Delayed | Rejected:
    if code >= 500:
        return Rejected(_("Server surel menolak pesan ini (kode %(code)s).") % {"code": code})
    return Delayed(_("Server surel menunda pesan ini (kode %(code)s).") % {"code": code})
