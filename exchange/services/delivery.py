"""Delivery of announcements to webhooks.

An announcement reaches its receiver at least once, always with the same identifier. Receivers compare it.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.tasks import task
from django.utils.translation import gettext as _

from exchange import webhook_request
from exchange.models import Webhook, WebhookEvent
from exchange.services.outbox import get_payload
from exchange.webhook_request import Gone, NoAnswer, NotAccepted
from kit.outbox import NotSent, Outbox
from office import clock

BACK_OFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
"""Delay after each failed attempt. The last one repeats until the announcement fails (`fails_at`)."""


class Announcements(Outbox[WebhookEvent]):
    """The announcements of all webhooks."""

    model = WebhookEvent
    related = ("webhook", "event__case")
    unexpected = NotAccepted
    pausing = (NoAnswer,)

    def list_due(self) -> QuerySet[WebhookEvent]:
        """Return what may be sent now. What a stopped or revoked system would get waits until it fails."""
        now = clock.now()
        is_wanted = Q(webhook__stopped_at=None, webhook__system__revoked_at=None)
        is_wanted &= Q(webhook__system__expires_at__gt=now)
        return WebhookEvent.objects.filter(is_wanted | Q(fails_at__lte=now), self.waiting, due_at__lte=now)

    def send(self, row: WebhookEvent) -> dict[str, Any]:
        if row.fails_at <= clock.now():
            raise NotAccepted(row.reason or _("Webhook dihentikan sebelum terkirim."))
        webhook = row.webhook
        webhook_request.post(webhook.url, key=str(row.key), payload=get_payload(row), secret=webhook.secret)
        Webhook.objects.filter(pk=webhook.pk, failing_since__isnull=False).update(failing_since=None)
        return {}

    def fail(self, row: WebhookEvent, error: NotSent) -> dict[str, Any]:
        now, webhook = clock.now(), Webhook.objects.filter(pk=row.webhook_id)
        if isinstance(error, Gone):
            webhook.update(stopped_at=now)
        if row.fails_at <= now or isinstance(error, Gone):
            return {"status": WebhookEvent.Status.FAILED}
        webhook.filter(failing_since=None).update(failing_since=now)
        delay = BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
        return {"due_at": min(now + delay, row.fails_at)}

    def match_receiver(self, row: WebhookEvent) -> Q:
        return Q(webhook=row.webhook_id)


OUTBOX = Announcements()


@task()
def deliver_events() -> int:
    """Deliver due announcements and return how many were accepted."""
    return deliver()


def deliver_soon() -> None:
    """Ask a worker to deliver after commit. If that fails, the scheduler delivers."""
    transaction.on_commit(deliver_events.enqueue, robust=True)


def deliver() -> int:
    """Send due announcements and return how many were accepted."""
    return OUTBOX.deliver()
