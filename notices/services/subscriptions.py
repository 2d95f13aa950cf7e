"""Switch push messages on and off, and delete subscriptions of users who may no longer get messages."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _

from consultations.models import Case
from kit.encryption import hash_token
from kit.refusal import Refused
from notices import push
from notices.models import Message, Notice, PushSubscription
from notices.services.delivery import build_reminders
from office.models import AccessChange, Appointment, User
from office.signals import access_change_decided, sessions_ended

MAX_BROWSERS = 5
"""Maximum number of browsers of a user or a case. A further browser replaces the oldest."""

KEY_LENGTHS = {"p256dh": 65, "auth": 16}
"""Bytes of a browser's two keys, with which messages to it are encrypted (RFC 8291)."""


@transaction.atomic
def subscribe(owner: User | Case, *, endpoint: str, p256dh: str, auth: str) -> None:
    """Subscribe a browser of a user, or of the applicant of a case, to push messages. Idempotent.

    Raise Refused if push messages are not offered to the owner, or if the address or a key is not valid.
    """
    keys = {"p256dh": p256dh, "auth": auth}
    if not push.is_offered_to(owner):
        raise Refused(_("Notifikasi tidak tersedia."))
    push.check_endpoint(endpoint)
    _check_keys(keys)
    own = owner.push_subscriptions
    own.update_or_create(
        endpoint_hash=hash_token(endpoint),
        defaults={"endpoint": endpoint, "keys": keys, "failing_since": None},
    )
    newest = own.order_by("-pk").values_list("pk", flat=True)
    own.exclude(pk__in=list(newest[:MAX_BROWSERS])).delete()
    if isinstance(owner, Case):
        _add_reminders(owner)


def _check_keys(keys: dict[str, str]) -> None:
    try:
        found = {name: urlsafe_base64_decode(keys[name]) for name in KEY_LENGTHS}
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), found["p256dh"])
        is_valid = {name: len(key) for name, key in found.items()} == KEY_LENGTHS
    except ValueError:
        is_valid = False
    if not is_valid:
        raise Refused(_("Kunci peramban ini tidak sah."))


def _add_reminders(case: Case) -> None:
    """Store the reminders of a consultation that was announced before the browser was known."""
    for notice in Notice.objects.filter(case=case, recipient=None, superseded_at=None):
        notice.case = case
        Message.objects.bulk_create(build_reminders(notice), ignore_conflicts=True)


def unsubscribe(owner: User | Case, *, endpoint: str) -> None:
    """Delete the subscription of a browser. Do nothing if there is none."""
    owner.push_subscriptions.filter(endpoint_hash=hash_token(endpoint)).delete()


@receiver(user_logged_out)
def unsubscribe_at_logout(user: User | None, request: HttpRequest, **more: Any) -> None:
    """Delete the subscription of the browser in which a user logs out. Keep it if a session just expires."""
    if isinstance(user, User) and request.resolver_match and (endpoint := request.POST.get("endpoint")):
        unsubscribe(user, endpoint=endpoint)


@receiver([sessions_ended, password_changed, password_reset])
def unsubscribe_everywhere(user: User, **more: Any) -> None:
    """Delete all subscriptions of a user, who can subscribe again."""
    PushSubscription.objects.filter(user=user).delete()


@receiver(access_change_decided)
def unsubscribe_after_change(change: AccessChange, **more: Any) -> None:
    """Delete the subscriptions of a user whose access ended, or whose password or factor was reset."""
    kinds = AccessChange.Kind
    if change.outcome == AccessChange.Outcome.CONFIRMED and change.kind in (kinds.PASSWORD, kinds.FACTOR):
        unsubscribe_everywhere(change.user)
    unsubscribe_absent()


def unsubscribe_absent() -> int:
    """Delete subscriptions of closed accounts, and of users without appointment except administrators.

    Return their number. Safe to run in several processes at once.
    """
    serves = Exists(Appointment.objects.current().filter(user=OuterRef("user")))
    remains = Q(user__is_active=True) & (serves | Q(user__is_staff=True))
    return PushSubscription.objects.filter(user__isnull=False).exclude(remains).delete()[0]
