"""The channel e-mail: one message in plain text, and how the mail server's answer is to be understood."""

import logging
import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from consultations.contact import contact_of
from notices.inbox import unread_by
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
    return recipient.email if recipient else contact_of(message.notice.case).email


def letter_of(message: Message, *, office: Office) -> Letter:
    """What the message says, as things are now."""
    recipient = message.notice.recipient
    if recipient is None:
        return to_applicant(message.notice, office=office)
    if message.round == 1:
        return to_staff(message.notice, office=office)
    return reminder(list(unread_by(recipient)[:MOST_IN_A_REMINDER]), office=office)


def send(message: Message, *, office: Office) -> str:
    """Hand a message to the mail server. Raises an outcome of `outcomes.py` where that fails."""
    letter = letter_of(message, office=office)
    address = address_of(message)
    if not address:
        raise Rejected(_("Alamat surel tidak diketahui lagi."))
    mail = EmailMessage(
        letter.subject,
        letter.text,
        settings.DEFAULT_FROM_EMAIL,
        [address],
        reply_to=[office.email] if office.email else None,
        headers={
            "Message-ID": f"<{message.key}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        mail.send(using="default")
    except NoAnswer as error:
        raise Uncertain(_("Sambungan terputus sebelum server surel menjawab.")) from error
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        raise _refused(_code(error)) from error
    except (ValueError, UnicodeError) as error:
        raise Rejected(_("Alamat surel tidak sah.")) from error
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
