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
    now = clock.now()
    waiting = Message.objects.filter(status=Message.Status.WAITING, by_hand=False, round=1)
    late = waiting.filter(notice__passed_at=None, notice__read_at=None, notice__created_at__lt=now - LONG)
    found = late.aggregate(number=Count("pk"), since=Min("notice__created_at"))
    if not found["number"]:
        return None
    work = WorkingTime.load()
    if work.hours and work.minutes_between(found["since"], now) <= LONG / dt.timedelta(minutes=1):
        return None
    return HeldBack(**found)
