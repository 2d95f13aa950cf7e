"""Reminders: one mail per working day to each user with notices unread for a working day."""

import datetime as dt

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from kit import clock
from kit.clock import midnight
from notices.models import Message, Notice
from notices.queries import unread_notices
from notices.services.outbox import build_message
from office.models import User
from office.worktime import WorkingTime

BATCH_SIZE = 500

BEFORE_CLOSING = dt.timedelta(minutes=5)
"""Time before closing that is enough for the scheduler to run once more."""


def create_reminders() -> int:
    """Create the reminders that are due now, in working time only. Return the number of users reminded.

    May run in several processes at once.
    """
    work, now = WorkingTime.load(), clock.now()
    if not work.includes(now, now):
        return 0
    unread = Notice.objects.unread().filter(recipient__is_active=True, created_at__lt=midnight(clock.today()))
    unread = unread.exclude(reminded_on=clock.today()).exclude(recipient__email="")
    users = unread.values_list("recipient", flat=True).distinct()[:BATCH_SIZE]
    return sum(_remind(pk, work) for pk in users)


def is_reminder_due(notice: Notice, work: WorkingTime) -> bool:
    """Return whether it is the same time of the next working day, or later.

    On a day that closes earlier, the reminder is due shortly before closing.
    """
    counted_from = work.add_minutes(notice.created_at, 0)
    if counted_from is None:
        return False
    local = timezone.localtime(counted_from)
    next_day = work.add_days(local.date(), 1)
    if next_day is None:
        return False
    same_time = dt.datetime.combine(next_day, local.timetz())
    *_morning, (_opens, closes) = work.spans(next_day)
    return clock.now() >= min(same_time, closes - BEFORE_CLOSING)


@transaction.atomic
def _remind(pk: int, work: WorkingTime) -> bool:
    """Create one reminder of all notices that the user has not read. Return False if none is due."""
    user = User.objects.select_for_update(no_key=True).get(pk=pk)
    if not user.is_active or _has_reminder(user):
        return False
    unread = [notice for notice in unread_notices(user)[:BATCH_SIZE] if is_reminder_due(notice, work)]
    if not unread:
        return False
    Notice.objects.filter(pk__in=[notice.pk for notice in unread]).update(reminded_on=clock.today())
    newest = unread[0]
    last_turn = newest.messages.aggregate(last=Max("round"))["last"] or 1
    build_message(newest, Message.Channel.EMAIL, turn=last_turn + 1).save()
    return True


def _has_reminder(user: User) -> bool:
    """Return whether the user was reminded today, or an older reminder still waits for the mail server."""
    today, reminded = clock.today(), user.notices.filter(reminded_on__isnull=False)
    last = reminded.aggregate(day=Max("reminded_on"))["day"]
    reminders = Message.objects.filter(notice__recipient=user, notice__reminded_on=last, round__gt=1)
    waiting = Q(status__in=[Message.Status.WAITING, Message.Status.SENDING])
    sent_today = Q(sent_at__gte=midnight(today))
    return last is not None and (last == today or reminders.filter(waiting | sent_today).exists())
