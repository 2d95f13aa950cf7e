"""The messages of half a year: what the demo has lived through counts as sent and read, the rest waits."""

import datetime as dt

from django.db.models import F, Q

from notices.models import Message, Notice
from office import clock
from office.worktime import WorkingTime

from .people import Cast
from .worktime import before

TWO_DAYS, A_MOMENT = 900, 5
"""How long people leave things lying, and how long a mail takes: minutes of working time."""

SENT_AFTER, READ_AFTER = dt.timedelta(minutes=5), dt.timedelta(minutes=10)


def settle(cast: Cast) -> None:
    """Count messages as sent that leave by themselves, once the office has worked for a moment since.

    Those that somebody sends (WhatsApp: the Sekretariat) and notices that somebody reads wait for two
    working days at most. What cases overtook long after counts as sent too: in a real office it would have
    gone out before.
    """
    work = WorkingTime.load()
    since, left = (before(clock.now(), minutes, work) for minutes in (TWO_DAYS, A_MOMENT))
    gone = Message.objects.filter(
        Q(status=Message.Status.WAITING, by_hand=True, due_at__lt=since)
        | Q(status=Message.Status.WAITING, by_hand=False, due_at__lt=left)
        | Q(status=Message.Status.CANCELLED, notice__superseded_at__gt=F("due_at") + SENT_AFTER)
    )
    sent = {"status": Message.Status.SENT, "sent_at": F("due_at") + SENT_AFTER, "reason": ""}
    gone.filter(by_hand=True).update(handled_by=cast.sekretariat, **sent)
    gone.filter(by_hand=False).update(attempts=1, **sent)
    told = Notice.objects.filter(recipient__isnull=False)
    told.filter(Q(created_at__lt=since) | Q(superseded_at__isnull=False)).update(
        read_at=F("created_at") + READ_AFTER
    )
