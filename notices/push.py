"""Push messages to browsers (Web Push, RFC 8030, 8291 and 8292): keys of the office, text, sending.

The text names no subject and no person, because telephones show it while they are locked.
"""

import base64
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from py_vapid import Vapid
from pywebpush import WebPusher

from consultations.enums import Identity
from consultations.models import Case
from consultations.scheduling.queries import upcoming_session
from kit import clock
from kit.outgoing import NotReached, check_url, is_listed, read_host, send_request
from kit.refusal import Refused
from notices.mail import Delayed, NotNeeded
from notices.models import Message, PushSubscription
from notices.queries import list_subscriptions
from office.models import Office, User

TIMEOUT = 10
"""Seconds for connection, request and answer together."""

LIFETIME = dt.timedelta(days=1)
"""Time for which the push service stores a message for a browser that is not connected."""

MAX_FAILING = dt.timedelta(days=7)
"""Time after which a subscription that always fails is deleted."""

GONE = (404, 410)
"""Answers of a push service that no longer knows the browser."""


def is_offered() -> bool:
    """Return whether the office has a key for push messages."""
    return bool(settings.VAPID_PRIVATE_KEY)


def is_offered_to(owner: User | Case) -> bool:
    """Return whether a user, or the applicant of a case, may switch push messages on.

    A hidden complainant may not: the telephone would reveal the complaint to others.
    """
    is_excluded = isinstance(owner, Case) and (owner.identity != Identity.OPEN or owner.anonymised_at)
    return is_offered() and not is_excluded


@dataclass(frozen=True)
class Offer:
    """Values for the button that switches push messages on: the office's key, an address, known browsers."""

    action: str
    known: list[str]

    @property
    def key(self) -> str:
        return get_public_key()


def get_offer(owner: User | Case) -> Offer | None:
    """Return the offer for a user, or for the applicant of a case, or None if `is_offered_to()` is false."""
    if not is_offered_to(owner):
        return None
    page = ("push_of_case", [owner.secret]) if isinstance(owner, Case) else ("push", [])
    action = reverse(page[0], args=page[1])
    return Offer(action, list(owner.push_subscriptions.values_list("endpoint_hash", flat=True)))


@lru_cache(maxsize=1)
def _load_key(text: str) -> Vapid:
    return Vapid.from_string(text)


def get_public_key() -> str:
    """Return the public key with which a browser subscribes."""
    key = _load_key(settings.VAPID_PRIVATE_KEY).public_key
    return _encode(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def create_key() -> str:
    """Return a new value of VAPID_PRIVATE_KEY."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _encode(number.to_bytes(32))


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def send(message: Message, *, office: Office) -> None:
    """Send a message to all browsers of its recipient. Raise NotSent if no push service accepts it."""
    subscriptions = list(list_subscriptions(message.notice))
    payload = compose(message, office=office)
    accepted = [_send_to(subscription, payload) for subscription in subscriptions]
    if any(accepted):
        return
    if not list_subscriptions(message.notice).exists():
        raise NotNeeded(_("Tidak ada peramban yang menerima notifikasi."))
    raise Delayed(_("Layanan notifikasi belum menerima pesan ini."))


def compose(message: Message, *, office: Office) -> dict[str, str]:
    """Return title, text and path of a message. A reminder says when the consultation is."""
    notice = message.notice
    title = office.name or "Rembuk"
    if notice.recipient_id:
        with translation.override(settings.LANGUAGE_CODE):
            body = _("Ada yang menunggu Anda di Rembuk.")
        return {"title": title, "body": body, "path": notice.path or reverse(settings.LOGIN_REDIRECT_URL)}
    with translation.override(notice.case.language):
        body = _("Ada kabar tentang permohonan Anda.")
        if message.is_reminder and notice.case.planned_at:
            moment = clock.format_moment(notice.case.planned_at)
            body = _("Pengingat: konsultasi Anda %(moment)s.") % {"moment": moment}
            session = upcoming_session(notice.case)
            if session and not session.confirmed_at:
                body = f"{body} {_('Apakah Anda akan hadir?')}"
    return {"title": title, "body": body, "path": reverse("follow", args=[notice.case.secret])}


def check_endpoint(endpoint: str) -> None:
    """Raise Refused unless the address is https on port 443 (all push services) or in WEBHOOK_NETWORKS.

    A browser chooses the address: with other ports, a subscriber could scan other machines.
    """
    check_url(endpoint)
    parts = urlsplit(endpoint)
    if (parts.scheme, parts.port or 443) != ("https", 443) and not is_listed(read_host(endpoint)):
        raise Refused(_("Notifikasi tidak tersedia."))


def _send_to(subscription: PushSubscription, payload: dict[str, str]) -> bool:
    """Send a payload to one browser; return whether it was accepted. Delete a dead subscription."""
    row = PushSubscription.objects.filter(pk=subscription.pk)
    try:
        status = _post(subscription, payload)
    except Refused:  # its address leads to the internal network, or to another port
        row.delete()
        return False
    except NotReached:
        status = 0
    if 200 <= status < 300:
        row.filter(failing_since__isnull=False).update(failing_since=None)
        return True
    now = clock.now()
    if status in GONE or (subscription.failing_since or now) < now - MAX_FAILING:
        row.delete()
    else:
        row.filter(failing_since=None).update(failing_since=now)
    return False


def _post(subscription: PushSubscription, payload: dict[str, str]) -> int:
    """Post to the push service and return the HTTP status. Raise Refused or NotReached."""
    check_endpoint(subscription.endpoint)
    address = urlsplit(subscription.endpoint)
    expires = clock.now() + dt.timedelta(hours=12)
    claims = {
        "aud": f"{address.scheme}://{address.netloc}",
        "exp": int(expires.timestamp()),
        "sub": f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}",
    }
    pusher = WebPusher({"endpoint": subscription.endpoint, "keys": subscription.keys})
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(LIFETIME.total_seconds())),
        "Urgency": "high",
        **_load_key(settings.VAPID_PRIVATE_KEY).sign(claims),
    }
    body = pusher.encode(json.dumps(payload).encode())["body"]
    return send_request("POST", subscription.endpoint, body=body, headers=headers, timeout=TIMEOUT)[0]


def check_push(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Check that VAPID_PRIVATE_KEY is a key."""
    if not is_offered():
        return []
    try:
        get_public_key()
    except Exception:  # whatever the library raises for the many ways to be no key
        return [checks.Error("VAPID_PRIVATE_KEY is no private key of P-256.", id="notices.E006")]
    return []
