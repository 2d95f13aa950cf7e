"""Deliver announcements: claim one, send it, store the result (as notices/services/delivery.py).

An announcement reaches its receiver at least once, always with the same identifier. It may arrive twice if
the answer is lost or the worker is killed. Receivers compare the identifier.
"""

import datetime as dt
import logging
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.tasks import task
from django.utils.translation import gettext as _

from exchange import webhook_request
from exchange.models import Webhook, WebhookEvent
from exchange.services.outbox import get_payload
from exchange.webhook_request import Gone, NoAnswer, NotAccepted
from office import clock
from office.encryption import KeyMissing

logger = logging.getLogger(__name__)
S = WebhookEvent.Status

BACK_OFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
"""Delay after each failed attempt. The last one repeats until the announcement fails (`fails_at`)."""

PAUSE = dt.timedelta(minutes=5)
"""Pause after a receiver did not answer."""

LEASE = dt.timedelta(seconds=90)
"""Age of a claim after which its worker counts as killed."""

MAX_RUNTIME = 60
MAX_EVENTS = 100


@task()
def deliver_events() -> int:
    """Deliver due announcements and return how many were accepted."""
    return deliver()


def deliver_soon() -> None:
    """Ask a worker to deliver after commit. If that fails, the scheduler delivers."""
    transaction.on_commit(deliver_events.enqueue, robust=True)


def deliver() -> int:
    """Send due announcements, the oldest first, and return how many were accepted.

    May run in several processes at once. Starts no further one after MAX_RUNTIME seconds. A practice office
    sends nothing.
    """
    if settings.PRACTICE:
        return 0
    release_old_claims()
    end, accepted = monotonic() + MAX_RUNTIME, 0
    due = WebhookEvent.objects.filter(_due()).order_by("due_at", "pk")
    for pk in due.values_list("pk", flat=True)[:MAX_EVENTS]:
        if monotonic() >= end:
            break
        if _claim(pk):
            accepted += _deliver(pk)
    return accepted


def _due() -> Q:
    """Match what may be sent now. What a stopped or revoked system would get waits until it fails."""
    now = clock.now()
    is_wanted = Q(webhook__stopped_at=None, webhook__system__revoked_at=None)
    is_wanted &= Q(webhook__system__expires_at__gt=now)
    return Q(status=S.WAITING, due_at__lte=now) & (is_wanted | Q(fails_at__lte=now))


def _claim(pk: int) -> bool:
    """Claim an announcement. Return False if another worker was faster, or if its receiver pauses now."""
    now = clock.now()
    with transaction.atomic(durable=True):
        due = WebhookEvent.objects.filter(pk=pk, status=S.WAITING, due_at__lte=now)
        return bool(due.update(status=S.SENDING, claimed_at=now, attempts=F("attempts") + 1))


def _deliver(pk: int) -> bool:
    """Send a claimed announcement and store the result. Return whether it was accepted."""
    announced = WebhookEvent.objects.select_related("webhook", "event__case").get(pk=pk)
    try:
        _send(announced)
    except NotAccepted as error:
        _store_failure(announced, error)
        return False
    own = WebhookEvent.objects.filter(pk=pk, status__in=[S.SENDING, S.WAITING])
    own.update(status=S.SENT, sent_at=clock.now(), claimed_at=None, reason="")
    Webhook.objects.filter(pk=announced.webhook_id, failing_since__isnull=False).update(failing_since=None)
    return True


def _send(announced: WebhookEvent) -> None:
    """Send an announcement. Raise NotAccepted, also for unexpected errors."""
    webhook = announced.webhook
    if announced.fails_at <= clock.now():
        raise NotAccepted(announced.reason or _("Webhook dihentikan sebelum terkirim."))
    try:
        payload, key = get_payload(announced), str(announced.key)
        webhook_request.post(webhook.url, key=key, payload=payload, secret=webhook.secret)
    except NotAccepted:
        raise
    except KeyMissing as error:
        raise NotAccepted(str(error)) from error
    except Exception as error:
        logger.exception("sending webhook event %s failed", announced.pk)
        raise NotAccepted(_("Pengiriman terhenti karena kesalahan sistem.")) from error


def _store_failure(announced: WebhookEvent, error: NotAccepted) -> None:
    """Decide when the announcement is tried again, and pause or stop its webhook if necessary."""
    now = clock.now()
    changes: dict[str, Any] = {"claimed_at": None, "reason": str(error)[:200]}
    due_at = now + BACK_OFF[min(announced.attempts, len(BACK_OFF)) - 1]
    if announced.fails_at <= now or isinstance(error, Gone):
        changes["status"] = S.FAILED
    else:
        changes |= {"status": S.WAITING, "due_at": min(due_at, announced.fails_at)}
        Webhook.objects.filter(pk=announced.webhook_id, failing_since=None).update(failing_since=now)
    own = WebhookEvent.objects.filter(pk=announced.pk, status=S.SENDING, claimed_at=announced.claimed_at)
    own.update(**changes)
    if isinstance(error, Gone):
        Webhook.objects.filter(pk=announced.webhook_id).update(stopped_at=now)
    if isinstance(error, NoAnswer):
        waiting = WebhookEvent.objects.filter(webhook=announced.webhook_id, status=S.WAITING)
        waiting.filter(due_at__lt=now + PAUSE).update(due_at=now + PAUSE)


def release_old_claims() -> int:
    """Make announcements due again that a killed worker had claimed; return their number."""
    claimed = WebhookEvent.objects.filter(status=S.SENDING, claimed_at__lt=clock.now() - LEASE)
    return claimed.update(status=S.WAITING, claimed_at=None)
