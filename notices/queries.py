"""Reads: unread notices, notices of a case, the manual queue, and the delivery alarm."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import (
    Case as CaseWhen,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    When,
)

from consultations.models import Case
from consultations.parties import (
    LINK_SHARERS,
    OFFICE_WIDE,
    excluding_complaints_about,
    led_by,
    visible_row_by_row,
)
from kit import clock, place
from notices.models import GIVEN_UP, NEEDS_STAFF, Message, Notice, PushSubscription
from notices.rules import SCHEDULE_KINDS
from office.models import Office, User
from office.worktime import WorkingTime

MAX_NOTICES_OF_CASE = 20
MAX_COUNTED = 10

ALARM_AFTER = dt.timedelta(hours=1)
"""Working time (jam kerja) after which an undelivered message raises the alarm."""


def unread_notices(user: User) -> QuerySet[Notice]:
    """Return the user's unread notices of visible cases, delegations and changes of access, newest first.

    A notice that the user no longer serves a case is included, although the user no longer sees the case. It
    is left out if the case is, or may be, a complaint about the user.
    """
    # One EXISTS with both conditions: as part of an OR, PostgreSQL would read all visible cases first.
    cases = Case.objects.alias(notice=ExpressionWrapper(OuterRef("kind"), CharField()))
    given_up = Q(notice__in=GIVEN_UP) & excluding_complaints_about(user)
    shown = cases.filter(visible_row_by_row(user) | given_up, pk=OuterRef("case"))
    found = Notice.objects.unread().filter(Q(case=None) | Exists(shown), recipient=user)
    appointment, change = "delegation__appointment", "access_change"
    return found.select_related(
        *("case__agenda", "sent_by"),
        *(f"{appointment}__user", f"{appointment}__position"),
        *(f"{change}__user", f"{change}__position", f"{change}__appointment__position"),
    ).order_by("-pk")


def count_unread(user: User | AnonymousUser) -> str:
    """Return the number of a user's unread notices for the header of each page, "9+" for ten or more.

    It may count a notice of a case that the user has stopped serving, but none of a complaint about the user.
    The exact rule of `unread_notices()` would cost each page some milliseconds.
    """
    if not user.is_authenticated:
        return ""
    unread = Notice.objects.unread().filter(recipient=user).exclude(case__complained_about=user)
    number = len(unread.order_by("-pk").values_list("pk")[:MAX_COUNTED])
    return str(number or "") if number < MAX_COUNTED else f"{MAX_COUNTED - 1}+"


def is_still_needed(message: Message) -> bool:
    """Return whether the notice is still current and its recipient has not read it.

    A reminder is needed while its recipient has any unread notice, or until the consultation begins.
    """
    notice, user = message.notice, message.notice.recipient
    if user is None:
        starts = notice.case.planned_at if message.is_reminder else None
        return notice.superseded_at is None and (starts is None or clock.now() < starts)
    unread = unread_notices(user) if message.is_reminder else unread_notices(user).filter(pk=notice.pk)
    return user.is_active and unread.exists()


def list_subscriptions(*notices: Notice) -> QuerySet[PushSubscription]:
    """Return the browsers that get push messages about the notices: of users, or of applicants of cases."""
    users = {notice.recipient_id for notice in notices if notice.recipient_id}
    cases = {notice.case_id for notice in notices if not notice.recipient_id}
    return PushSubscription.objects.filter(Q(user__in=users) | Q(case__in=cases)).order_by("pk")


def may_share_links(user: User) -> bool:
    """Return whether the user may give applicants their secret link: Sekretariat and Tim PKD."""
    return any(OFFICE_WIDE.get(role) in LINK_SHARERS for role in user.roles)


def messages_in_reach(user: User) -> QuerySet[Message]:
    """Return the messages that the user may handle.

    Sekretariat and Tim PKD handle those of all visible cases, an officer those of own cases.
    """
    case = "notice__case__"
    reach = excluding_complaints_about(user, case) if may_share_links(user) else led_by(user, case)
    return Message.objects.filter(reach)


def messages_to_handle(user: User) -> QuerySet[Message]:
    """Return the manual queue: messages in reach that staff must send or decide on."""
    current = {"notice__superseded_at": None, "notice__read_at": None}
    return messages_in_reach(user).filter(NEEDS_STAFF, **current)


def get_send_limit(work: WorkingTime) -> dt.datetime:
    """Return the latest creation time of a notice whose unsent message is late now.

    `Office.message_hours` are working hours, or hours of the clock if the office has no working hours.
    """
    hours = Office.load().message_hours
    return work.subtract_minutes(clock.now(), hours * 60) or clock.now() - dt.timedelta(hours=hours)


def count_late(waiting: QuerySet[Message]) -> int:
    """Return how many of the waiting messages are late, at most MAX_COUNTED."""
    over = Q(notice__kind__in=SCHEDULE_KINDS, notice__case__planned_at__lt=clock.now())
    late = waiting.filter(over | Q(notice__created_at__lt=get_send_limit(WorkingTime.load())))
    return len(late.values_list("pk")[:MAX_COUNTED])


def by_urgency(found: QuerySet[Message]) -> QuerySet[Message]:
    """Order messages by the consultation that they announce (`appointment`), then the oldest first."""
    appointment = CaseWhen(When(notice__kind__in=SCHEDULE_KINDS, then=F("notice__case__planned_at")))
    return found.annotate(appointment=appointment).order_by(F("appointment").asc(nulls_last=True), "pk")


@dataclass(frozen=True)
class DeliveryAlarm:
    """Number of undelivered messages, and the creation time of the oldest."""

    number: int
    since: dt.datetime


def list_delayed() -> QuerySet[Message]:
    """Return automatic messages that still wait ALARM_AFTER after their creation.

    Leave out push messages: one unreachable browser is no outage.
    """
    return Message.objects.filter(
        ~Q(channel=Message.Channel.PUSH),
        status=Message.Status.WAITING,
        by_hand=False,
        round=1,
        notice__superseded_at=None,
        notice__read_at=None,
        notice__created_at__lt=clock.now() - ALARM_AFTER,
    )


def delivery_alarm() -> DeliveryAlarm | None:
    """Return the alarm if automatic messages have waited longer than ALARM_AFTER of working time.

    Either the scheduler does not run, or the mail server accepts nothing. Return None in a copy and in a
    practice office, where messages always wait.
    """
    waiting = list_delayed()
    if not waiting.exists() or not place.may_send():
        return None
    # An office without working hours counts every hour.
    now = clock.now()
    limit = WorkingTime.load().subtract_minutes(now, ALARM_AFTER // dt.timedelta(minutes=1))
    late = waiting.filter(notice__created_at__lt=limit or now - ALARM_AFTER)
    found = late.aggregate(number=Count("pk"), since=Min("notice__created_at"))
    return DeliveryAlarm(**found) if found["number"] else None
