"""WhatsApp through the Business Cloud API: approved templates with values, sent over HTTPS (httpx).

One template for each kind and language, with the texts that `manage.py whatsapp_templates` prints. The
message's own key goes along and comes back with each report, so that a message whose answer was lost is
found again. Of an answer only what is known is used: its status, its code, the message's number.
"""

import logging
import re
from typing import Any

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from consultations.contact import get_contact
from notices.models import Message
from notices.outcomes import Delayed, Rejected, Uncertain, Unreachable
from notices.texts import values_for_whatsapp
from office.models import Office

logger = logging.getLogger(__name__)

BUSY = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 133004})
"""Codes of faults that pass: too many messages, or the service is overloaded or down."""

ACCOUNT = frozenset({0, 3, 10, 190, 368, 131005, 131031, 131042, 133010})
"""Codes that concern the office's own account, whoever the message is for."""

LONGEST_NUMBER = 150
"""So much of the number that the service gives a message is kept."""

HIGHEST_CODE = 9_999_999
"""The service's own codes have seven digits at most."""

TEMPLATE = range(132000, 133000)
NOT_ON_WHATSAPP = frozenset({131026, 131030})


def template_name(kind: str) -> str:
    """The name under which the texts of a kind are approved."""
    return f"rembuk_{kind.lower()}"


def compose(message: Message, *, office: Office) -> dict[str, Any]:
    """What the service is asked to send. Raises Rejected where no number is known."""
    case = message.notice.case
    number = re.sub(r"\D", "", get_contact(case).phone)
    if not number:
        raise Rejected(_("Nomor WhatsApp tidak diketahui lagi."))
    values = values_for_whatsapp(message.notice, office=office)
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": number,
        "type": "template",
        "template": {
            "name": template_name(message.notice.kind),
            "language": {"code": case.language},
            "components": [
                {"type": "body", "parameters": [{"type": "text", "text": value} for value in values]}
            ],
        },
        "biz_opaque_callback_data": str(message.key),
    }


def hand_over(question: dict[str, Any]) -> str:
    """Have a message sent; returns its number. Raises an outcome of `outcomes.py` where that fails."""
    try:
        answer = httpx.post(
            f"{settings.WHATSAPP_URL.rstrip('/')}/{settings.WHATSAPP_PHONE_NUMBER_ID}/messages",
            json=question,
            headers={"Authorization": f"Bearer {settings.WHATSAPP_TOKEN}"},
            timeout=settings.WHATSAPP_TIMEOUT,
        )
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        logger.warning("the WhatsApp service cannot be reached: %s", type(error).__name__)
        raise Unreachable(_("Layanan WhatsApp tidak dapat dihubungi.")) from error
    except httpx.TransportError as error:
        raise Uncertain(_("Layanan WhatsApp tidak menjawab sesudah pesan dikirim.")) from error
    return _understood(answer)


def _understood(answer: httpx.Response) -> str:
    """The message's number. Raises the outcome that an answer without one stands for."""
    said = _json(answer)
    if answer.is_success:
        if not (number := number_of(first(said, "messages"))):
            raise Uncertain(_("Jawaban layanan WhatsApp tidak dikenali."))
        return number
    code = code_of(said.get("error"))
    logger.warning("the WhatsApp service answered %s, code %s", answer.status_code, code)
    if code is None:
        # Not the service itself has answered, but what stands before it.
        if answer.status_code in (429, 503):
            raise Unreachable(_("Layanan WhatsApp sedang sibuk."))
        if answer.is_server_error:
            raise Uncertain(_("Jawaban layanan WhatsApp tidak dikenali."))
        raise Rejected(_("Layanan WhatsApp menolak pesan ini (HTTP %(s)s).") % {"s": answer.status_code})
    if code in BUSY or answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
        raise Delayed(_("Layanan WhatsApp sedang sibuk (kode %(code)s).") % {"code": code})
    raise Rejected(sentence(code))


def listed(part: Any, name: str) -> list[Any]:
    """The list of that name in a part of what the service says; empty where there is none."""
    found = part.get(name) if isinstance(part, dict) else None
    return found if isinstance(found, list) else []


def first(part: Any, name: str) -> Any:
    """The first of the list of that name; None where there is none."""
    return next(iter(listed(part, name)), None)


def number_of(message: Any) -> str:
    """The number that the service gives a message, as far as it is kept; empty where it is no such number."""
    number = message.get("id") if isinstance(message, dict) else None
    if isinstance(number, str) and number.isascii() and number.isprintable():
        return number[:LONGEST_NUMBER]
    return ""


def code_of(fault: Any) -> int | None:
    """The code of a fault, as the service has them; None where there is none."""
    code = fault.get("code") if isinstance(fault, dict) else None
    return code if isinstance(code, int) and 0 <= code <= HIGHEST_CODE else None


def sentence(code: int) -> str:
    """What a code of the service means to the staff."""
    if code in NOT_ON_WHATSAPP:
        return _("Nomor ini tidak dapat menerima WhatsApp (kode %(code)s).") % {"code": code}
    if code in ACCOUNT:
        return _("Akun WhatsApp kantor bermasalah (kode %(code)s). Hubungi administrator.") % {"code": code}
    if code in TEMPLATE:
        return _("Templat WhatsApp belum disetujui (kode %(code)s). Hubungi administrator.") % {"code": code}
    return _("Layanan WhatsApp menolak pesan ini (kode %(code)s).") % {"code": code}


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
