"""Whether messages should have left long ago: because nobody delivers, or no server takes them."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Min

from notices.models import Message
from office import clock
from office.worktime import WorkingTime

LONG = dt.timedelta(hours=1)
"""After how much working time (jam kerja) the office is told."""


@dataclass(frozen=True)
class HeldBack:
    """How many messages have not left, and since when the oldest of them waits."""

    number: int
    since: dt.datetime


def held_back() -> HeldBack | None:
    """The messages that leave by themselves and have not for LONG; None where none lies about."""
    waiting = Message.objects.filter(
        status=Message.Status.WAITING,
        by_hand=False,
        round=1,
        notice__passed_at=None,
        notice__read_at=None,
        notice__created_at__lt=clock.now() - LONG,
    )
    if not waiting.exists():
        return None
    late = waiting.filter(notice__created_at__lt=_begin_of_the_last(LONG))
    found = late.aggregate(number=Count("pk"), since=Min("notice__created_at"))
    return HeldBack(**found) if found["number"] else None


def _begin_of_the_last(time: dt.timedelta) -> dt.datetime:
    """Since when so much working time has passed; without working hours every hour counts."""
    now = clock.now()
    return WorkingTime.load().subtract_minutes(now, time // dt.timedelta(minutes=1)) or now - time
