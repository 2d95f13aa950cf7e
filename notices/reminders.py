"""Reminders: who has left a notice unread for a working day is reminded, once per working day."""

import datetime as dt

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from notices.inbox import unread_by
from notices.models import Message, Notice
from notices.outbox import message_of
from office import clock
from office.clock import midnight
from office.models import User
from office.worktime import WorkingTime

MOST_AT_A_TIME = 500

BEFORE_CLOSING = dt.timedelta(minutes=5)
"""So much of a working day is enough for the rounds to come by once more."""


def remind() -> int:
    """Write the reminders that are due now; returns how many people are reminded.

    Only in working time. May run any number of times at once.
    """
    work, now = WorkingTime.load(), clock.now()
    if not work.includes(now, now):
        return 0
    unread = Notice.objects.unread().filter(recipient__is_active=True, created_at__lt=midnight(clock.today()))
    unread = unread.exclude(reminded_on=clock.today()).exclude(recipient__email="")
    people = unread.values_list("recipient", flat=True).distinct()[:MOST_AT_A_TIME]
    return sum(_remind(pk, work) for pk in people)


def is_old_enough(notice: Notice, work: WorkingTime) -> bool:
    """Whether a working day has passed since the notice: it is the same time of the next one, or later.

    On a day that closes earlier it is enough that the office is about to close.
    """
    begun = work.add_minutes(notice.created_at, 0)
    if begun is None:
        return False
    local = timezone.localtime(begun)
    next_day = work.add_days(local.date(), 1)
    if next_day is None:
        return False
    same_time = dt.datetime.combine(next_day, local.timetz())
    *_morning, (_opens, closes) = work.spans(next_day)
    return clock.now() >= min(same_time, closes - BEFORE_CLOSING)


@transaction.atomic
def _remind(pk: int, work: WorkingTime) -> bool:
    """Remind one person of all that he or she has not opened, unless that was done today."""
    user = User.objects.select_for_update(no_key=True).get(pk=pk)
    if not user.is_active or _is_reminded(user):
        return False
    old = [notice for notice in unread_by(user)[:MOST_AT_A_TIME] if is_old_enough(notice, work)]
    if not old:
        return False
    Notice.objects.filter(pk__in=[notice.pk for notice in old]).update(reminded_on=clock.today())
    newest = old[0]
    rounds = newest.messages.aggregate(last=Max("round"))["last"] or 1
    message_of(newest, Message.Channel.EMAIL, turn=rounds + 1).save()
    return True


def _is_reminded(user: User) -> bool:
    """Whether the user was reminded today or soon is: where no mail goes out, a reminder waits for days."""
    today, reminded = clock.today(), user.notices.filter(reminded_on__isnull=False)
    last = reminded.aggregate(day=Max("reminded_on"))["day"]
    reminders = Message.objects.filter(notice__recipient=user, notice__reminded_on=last, round__gt=1)
    on_its_way = Q(status__in=[Message.Status.WAITING, Message.Status.SENDING])
    just_sent = Q(sent_at__gte=midnight(today))
    return last is not None and (last == today or reminders.filter(on_its_way | just_sent).exists())
