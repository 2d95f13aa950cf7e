"""Messages of the demo's past: old ones count as sent and read, recent ones wait."""

import datetime as dt

from django.db.models import F, Q

from notices.models import Message, Notice
from office import clock
from office.worktime import WorkingTime

from .people import Staff
from .worktime import subtract_minutes

TWO_DAYS, A_MOMENT = 900, 5
"""Working minutes after which a person has handled a message, and after which a mail has left."""

SENT_AFTER, READ_AFTER = dt.timedelta(minutes=5), dt.timedelta(minutes=10)


def mark_old_messages(staff: Staff) -> None:
    """Mark old messages as sent and old notices as read.

    Mail counts as sent after a moment. Messages sent by hand (WhatsApp) and unread notices wait two working
    days. A message cancelled long after its due time counts as sent: an office would have sent it before.
    """
    work = WorkingTime.load()
    now = clock.now()
    two_days_ago, just_now = (subtract_minutes(now, minutes, work) for minutes in (TWO_DAYS, A_MOMENT))
    past = Message.objects.filter(
        Q(status=Message.Status.WAITING, by_hand=True, due_at__lt=two_days_ago)
        | Q(status=Message.Status.WAITING, by_hand=False, due_at__lt=just_now)
        | Q(status=Message.Status.CANCELLED, notice__superseded_at__gt=F("due_at") + SENT_AFTER)
    )
    sent = {"status": Message.Status.SENT, "sent_at": F("due_at") + SENT_AFTER, "reason": ""}
    past.filter(by_hand=True).update(handled_by=staff.secretariat, **sent)
    past.filter(by_hand=False).update(attempts=1, **sent)
    to_staff = Notice.objects.filter(recipient__isnull=False, read_at=None)
    to_staff.filter(Q(created_at__lt=two_days_ago) | Q(superseded_at__isnull=False)).update(
        read_at=F("created_at") + READ_AFTER
    )
