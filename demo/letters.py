"""The messages of half a year: what the demo has lived through counts as sent and read, the rest waits."""

import datetime as dt

from django.db.models import F

from notices.models import Message, Notice
from office import clock

from .people import Cast

KEPT_WAITING = dt.timedelta(days=2)
READ_AFTER = dt.timedelta(minutes=40)


def settle(cast: Cast) -> None:
    """Count messages older than two days as sent (WhatsApp: by the Sekretariat), and notices as read."""
    since = clock.now() - KEPT_WAITING
    waiting = Message.objects.filter(status=Message.Status.WAITING, due_at__lt=since)
    sent = {"status": Message.Status.SENT, "sent_at": F("due_at"), "attempts": 1}
    waiting.filter(by_hand=True).update(handled_by=cast.sekretariat, **sent)
    waiting.filter(by_hand=False).update(**sent)
    told = Notice.objects.filter(recipient__isnull=False, created_at__lt=since)
    told.update(read_at=F("created_at") + READ_AFTER)
