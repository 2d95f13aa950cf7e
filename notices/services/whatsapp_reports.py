"""Status reports of the WhatsApp service: sent, delivered, read, failed. A status never moves backwards."""

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from notices.models import Message
from notices.whatsapp_cloud import describe, first, get_code, get_id, get_list
from office import clock

S = Message.Status
UNCONFIRMED = (S.WAITING, S.SENDING)
"""A waiting message may have been sent: the answer of the service was lost or said otherwise."""

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
    """Update the messages that a report names, and return their number. Ignore what is malformed."""
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
    """Match the message by the service's id, or by its own key if the answer with the id was lost."""
    external_id, key = get_id(status), status.get("biz_opaque_callback_data")
    condition = Q(external_id=external_id) & ~Q(external_id="")
    try:
        return condition | Q(key=UUID(key if isinstance(key, str) else ""))
    except ValueError:
        return condition
