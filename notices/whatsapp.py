"""Messages by the WhatsApp Business Cloud API, and its reports of delivery.

There is one approved template per kind and language; `manage.py whatsapp_templates` prints them. The API
returns the message's own key in each report, so that a report also finds a message if the answer was lost.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, ConnectionTimeoutError
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from consultations.identity import get_contact
from kit import clock
from notices.mail import Delayed, NoAnswer, Rejected, Unreachable
from notices.models import Message
from notices.texts import template_values
from office.models import Office

logger = logging.getLogger(__name__)

BUSY = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 133004})
"""Error codes of temporary failures: too many messages, or the service is overloaded or down."""

ACCOUNT = frozenset({0, 3, 10, 190, 368, 131005, 131031, 131042, 133010})
"""Error codes that concern the office's account, not a single message."""

TEMPLATE = range(132000, 133000)
NOT_ON_WHATSAPP = frozenset({131026, 131030})
MAX_CODE = 9_999_999
MAX_ID_LENGTH = 150


def template_name(kind: str) -> str:
    return f"rembuk_{kind.lower()}"


def compose(message: Message, *, office: Office) -> dict[str, Any]:
    """Return the API request for a message. Raise Rejected if the phone number is no longer known."""
    case = message.notice.case
    number = re.sub(r"\D", "", message.address or get_contact(case).phone)
    if not number:
        raise Rejected(_("Nomor WhatsApp tidak diketahui lagi."))
    values = template_values(message.notice, office=office)
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


def send(request: dict[str, Any]) -> str:
    """Send a request and return the message's id at the service. Raise NotSent if that fails."""
    try:
        status, body = asyncio.run(_post(request))
    except (ClientConnectorError, ConnectionTimeoutError) as error:
        logger.warning("the WhatsApp service cannot be reached: %s", type(error).__name__)
        raise Unreachable(_("Layanan WhatsApp tidak dapat dihubungi.")) from error
    except (ClientError, TimeoutError) as error:
        raise NoAnswer(_("Layanan WhatsApp tidak menjawab sesudah pesan dikirim.")) from error
    return _read_response(status, body)


async def _post(request: dict[str, Any]) -> tuple[int, bytes]:
    limit = settings.WHATSAPP_TIMEOUT
    async with (
        ClientSession(
            headers={"Authorization": f"Bearer {settings.WHATSAPP_TOKEN}"},
            timeout=ClientTimeout(total=None, connect=limit, sock_read=limit),
        ) as session,
        session.post(
            f"{settings.WHATSAPP_URL.rstrip('/')}/{settings.WHATSAPP_PHONE_NUMBER_ID}/messages",
            json=request,
            allow_redirects=False,
        ) as response,
    ):
        return response.status, await response.read()


def _read_response(status: int, body: bytes) -> str:
    """Return the message's id. Raise the delivery error that matches a response without one."""
    content = _parse_json(body)
    if 200 <= status < 300:
        if external_id := get_id(first(content, "messages")):
            return external_id
        # Staff decide, because a retry would probably send the message again.
        raise Rejected(_("Jawaban layanan WhatsApp tidak dikenali."))
    code = get_code(content.get("error"))
    logger.warning("the WhatsApp service answered %s, code %s", status, code)
    if code is None:
        # The answer comes from a gateway in front of the service.
        if status in (429, 503):
            raise Unreachable(_("Layanan WhatsApp sedang sibuk."))
        if status >= 500:
            raise NoAnswer(_("Jawaban layanan WhatsApp tidak dikenali."))
        raise Rejected(_("Layanan WhatsApp menolak pesan ini (HTTP %(s)s).") % {"s": status})
    if code in BUSY or status == 429 or status >= 500:
        raise Delayed(_("Layanan WhatsApp sedang sibuk (kode %(code)s).") % {"code": code})
    raise Rejected(describe(code))


def describe(code: int) -> str:
    """Return the sentence for staff that explains an error code."""
    if code in NOT_ON_WHATSAPP:
        return _("Nomor ini tidak dapat menerima WhatsApp (kode %(code)s).") % {"code": code}
    if code in ACCOUNT:
        return _("Akun WhatsApp kantor bermasalah (kode %(code)s). Hubungi administrator.") % {"code": code}
    if code in TEMPLATE:
        return _("Templat WhatsApp belum disetujui (kode %(code)s). Hubungi administrator.") % {"code": code}
    return _("Layanan WhatsApp menolak pesan ini (kode %(code)s).") % {"code": code}


def _parse_json(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def get_list(part: Any, name: str) -> list[Any]:
    """Return the list `name` of a JSON object, or an empty list if there is none."""
    found = part.get(name) if isinstance(part, dict) else None
    return found if isinstance(found, list) else []


def first(part: Any, name: str) -> Any:
    """Return the first item of the list `name` of a JSON object, or None."""
    return next(iter(get_list(part, name)), None)


def get_id(message: Any) -> str:
    """Return the message's id at the service, or an empty string if it has no valid one."""
    found = message.get("id") if isinstance(message, dict) else None
    if isinstance(found, str) and found.isascii() and found.isprintable():
        return found[:MAX_ID_LENGTH]
    return ""


def get_code(error: Any) -> int | None:
    """Return the service's error code, or None if there is no valid one."""
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and 0 <= code <= MAX_CODE else None


S = Message.Status
UNCONFIRMED = (S.WAITING, S.SENDING)
"""Statuses of messages that may have been sent although no answer said so. A report can confirm it."""

TRANSITIONS: dict[str, tuple[S, tuple[S, ...]]] = {
    "sent": (S.SENT, UNCONFIRMED),
    "delivered": (S.DELIVERED, (*UNCONFIRMED, S.SENT)),
    "read": (S.READ, (*UNCONFIRMED, S.SENT, S.DELIVERED)),
}
"""New status per reported status, and the earlier statuses that it may replace."""


def is_genuine(body: bytes, signature: str) -> bool:
    """Return whether the body is signed with the secret of the office's app."""
    expected = hmac.new(settings.WHATSAPP_APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return bool(settings.WHATSAPP_APP_SECRET) and hmac.compare_digest(
        f"sha256={expected}".encode(), signature.encode()
    )


def store_report(report: Any) -> int:
    """Update the messages that a report names, and return their number. Ignore malformed parts."""
    return sum(_store_status(status) for status in _statuses(report))


def _statuses(report: Any) -> Iterator[dict[str, Any]]:
    for entry in get_list(report, "entry"):
        for change in get_list(entry, "changes"):
            value = change.get("value") if isinstance(change, dict) else None
            yield from (status for status in get_list(value, "statuses") if isinstance(status, dict))


def _store_status(status: dict[str, Any]) -> int:
    same = Message.objects.filter(_reported(status), channel=Message.Channel.WHATSAPP, by_hand=False)
    name = status.get("status")
    if name == "failed":
        # Staff can still send a message that the service could not deliver.
        reason = describe(get_code(first(status, "errors")) or 0)
        return same.filter(status__in=(S.SENDING, S.SENT)).update(
            status=S.WAITING, by_hand=True, claimed_at=None, sent_at=None, reason=reason
        )
    if not isinstance(name, str) or name not in TRANSITIONS:
        return 0
    new, earlier = TRANSITIONS[name]
    found = same.filter(status__in=earlier)
    confirmed = found.filter(sent_at=None).update(
        status=new, claimed_at=None, sent_at=clock.now(), reason="", external_id=get_id(status)
    )
    return confirmed + found.update(status=new)


def _reported(status: dict[str, Any]) -> Q:
    """Return a filter for a message by the service's id, or by its own key if the id was never received."""
    external_id, key = get_id(status), status.get("biz_opaque_callback_data")
    condition = Q(external_id=external_id) & ~Q(external_id="")
    try:
        return condition | Q(key=UUID(key if isinstance(key, str) else ""))
    except ValueError:
        return condition
