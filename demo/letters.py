"""The messages of half a year: what the demo has lived through counts as sent and read, the rest waits."""

import datetime as dt

from django.db.models import F, Q

from notices.models import Message, Notice
from office import clock

from .people import Cast

KEPT_WAITING = dt.timedelta(days=2)
SENT_AFTER, READ_AFTER = dt.timedelta(minutes=5), dt.timedelta(minutes=10)


def settle(cast: Cast) -> None:
    """Count messages older than two days as sent (WhatsApp: by the Sekretariat), and notices as read.

    So are those whose cases moved on long after: in a real office they would have gone out before.
    """
    since = clock.now() - KEPT_WAITING
    gone = Message.objects.filter(
        Q(status=Message.Status.WAITING, due_at__lt=since)
        | Q(status=Message.Status.CANCELLED, notice__passed_at__gt=F("due_at") + SENT_AFTER)
    )
    sent = {"status": Message.Status.SENT, "sent_at": F("due_at") + SENT_AFTER, "reason": ""}
    gone.filter(by_hand=True).update(handled_by=cast.sekretariat, **sent)
    gone.filter(by_hand=False).update(attempts=1, **sent)
    told = Notice.objects.filter(recipient__isnull=False)
    told.filter(Q(created_at__lt=since) | Q(passed_at__isnull=False)).update(
        read_at=F("created_at") + READ_AFTER
    )
