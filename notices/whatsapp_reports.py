"""What the WhatsApp service reports of messages: sent, delivered, read, failed; never backwards."""

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from notices.models import Message
from notices.outbox import take_out_overtaken
from notices.whatsapp_cloud import code_of, first, listed, number_of, sentence
from office import clock

S = Message.Status
NOT_KNOWN = (S.WAITING, S.SENDING, S.UNCERTAIN)
"""The service may have sent what it said it would not: such a message waits for its next try."""

BEFORE: dict[str, tuple[S, tuple[S, ...]]] = {
    "sent": (S.SENT, NOT_KNOWN),
    "delivered": (S.DELIVERED, (*NOT_KNOWN, S.SENT)),
    "read": (S.READ, (*NOT_KNOWN, S.SENT, S.DELIVERED)),
}
"""What each report makes of a message, and of which it can."""


def is_genuine(body: bytes, signature: str) -> bool:
    """Whether the service itself has sent this: signed with the secret of the office's app."""
    expected = hmac.new(settings.WHATSAPP_APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return bool(settings.WHATSAPP_APP_SECRET) and hmac.compare_digest(
        f"sha256={expected}".encode(), signature.encode()
    )


def note(report: Any) -> int:
    """Write down what a report says of our messages; returns how many of them changed."""
    return sum(_note(status) for status in _statuses(report))


def _statuses(report: Any) -> Iterator[dict[str, Any]]:
    """The parts that tell of messages, wherever the report has the form that is known."""
    for entry in listed(report, "entry"):
        for change in listed(entry, "changes"):
            value = change.get("value") if isinstance(change, dict) else None
            yield from (status for status in listed(value, "statuses") if isinstance(status, dict))


def _note(status: dict[str, Any]) -> int:
    same = Message.objects.filter(_which(status), channel=Message.Channel.WHATSAPP, by_hand=False)
    said = status.get("status")
    if said == "failed":
        # What the service could not deliver, a person can still send.
        failed = same.filter(status__in=(S.SENDING, S.UNCERTAIN, S.SENT))
        keys = list(failed.values_list("pk", flat=True))
        given_back = failed.update(
            status=S.WAITING,
            by_hand=True,
            claimed_at=None,
            sent_at=None,
            reason=sentence(code_of(first(status, "errors")) or 0),
        )
        take_out_overtaken(Message.objects.filter(pk__in=keys))
        return given_back
    if not isinstance(said, str) or said not in BEFORE:
        return 0
    later, earlier = BEFORE[said]
    changed = same.filter(status__in=earlier)
    unsent = changed.filter(sent_at=None).update(
        status=later, claimed_at=None, sent_at=clock.now(), reason="", external_id=number_of(status)
    )
    return unsent + changed.update(status=later)


def _which(status: dict[str, Any]) -> Q:
    """Our message: by the number it was given, or by its own key where that answer was lost."""
    number, key = number_of(status), status.get("biz_opaque_callback_data")
    which = Q(external_id=number) & ~Q(external_id="")
    try:
        return which | Q(key=UUID(key if isinstance(key, str) else ""))
    except ValueError:
        return which
