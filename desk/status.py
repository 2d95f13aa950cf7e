"""Numbers of the desk that need no list, read together with the office in one query."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, IntegerField, QuerySet, Subquery
from django.db.models.functions import Now

from consultations.models import ComplaintTarget
from consultations.models.targets import REGULATION
from consultations.queries import of_served_case
from exchange.models import System
from intake.models import RequestDraft
from intake.moderation import list_held
from ledger.models import Disposal
from notices.queries import (
    ALARM_AFTER,
    DeliveryAlarm,
    delivery_alarm,
    list_delayed,
    may_share_links,
    messages_to_handle,
)
from office import clock, rights
from office.heartbeat import SilentKind, find_silent
from office.models import Heartbeat, Office, Role, User
from office.prepared import prepared
from reports.letters import list_unnumbered
from reports.models import FollowUp

MAX_COUNTED = 100
"""Rows that are counted at most."""

MAX_HELD = 20
SOON = dt.timedelta(days=7)
"""A recommendation counts this long before its due day."""

NO_REPLY = ComplaintTarget.Stage.NO_REPLY


class CountOf(Subquery):
    """The number of rows of a sliced queryset."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


@dataclass(frozen=True)
class Status:
    """The office, and what waits for the user besides cases.

    `messages` is the number of messages that the user must handle, `letters` that of letters without a
    number, `disposals` that of proposals to erase records, for the head of the office, `systems` that of
    proposed systems that wait for the user's token. `follow_ups` counts open recommendations in the user's
    cases that are late or due within SOON. `awaits_staff_check` asks the head to check the people who were
    named before the opening.
    `held` are the oldest drafts held for the user's decision, of `held_count`. Only Tim PKD gets the
    `alarm`, the `silent` processes, and the working days after which an incomplete request may be closed.
    """

    office: Office
    messages: int
    letters: int
    disposals: int
    systems: int
    follow_ups: int
    no_reply_days: int
    held: list[RequestDraft]
    held_count: int
    awaits_staff_check: bool
    alarm: DeliveryAlarm | None
    silent: list[SilentKind]


def get_status(user: User) -> Status:
    """Return the status for a user who holds a position. Counts end at MAX_COUNTED + 1."""
    is_tim_pkd = Role.TIM_PKD in user.roles
    soon = clock.today() + SOON
    office = next(iter(_count_all(user, soon=soon, limit=clock.now() - ALARM_AFTER)), None) or Office(pk=1)
    numbers = vars(office)
    held_count = numbers.get("held_count", 0)
    return Status(
        office=office,
        messages=numbers.get("messages", 0),
        letters=numbers.get("letters", 0),
        disposals=numbers.get("disposals", 0),
        systems=numbers.get("systems", 0),
        follow_ups=numbers.get("follow_ups", 0),
        no_reply_days=(numbers.get("no_reply") or REGULATION[NO_REPLY]) if is_tim_pkd else 0,
        held=list(list_held(user).defer("typed")[:MAX_HELD]) if held_count else [],
        held_count=held_count,
        awaits_staff_check=office.awaits_staff_check and Role.HEAD in user.roles,
        alarm=delivery_alarm() if numbers.get("is_delayed") else None,
        silent=_find_silent(numbers) if is_tim_pkd else [],
    )


@prepared
def _count_all(user: User, *, soon: dt.date, limit: dt.datetime) -> QuerySet[Office]:
    """Return the office with all numbers. Recommendations are due by `soon`, messages wait since `limit`."""
    counted: dict[str, Any] = {"held_count": _count(list_held(user))}
    counted["systems"] = _count(System.objects.waiting().filter(official=user).order_by())
    if serves_cases(user):
        urgent = FollowUp.objects.filter(of_served_case(user), done_at=None, due__lte=soon)
        # The head of a division serves so many that 100 are found soon along the due days.
        is_head = Role.DIVISION_HEAD in user.roles
        counted["follow_ups"] = _count(urgent.order_by("due", "pk") if is_head else urgent)
    if may_share_links(user) or serves_cases(user):
        counted["messages"] = _count(messages_to_handle(user))
    if rights.NUMBER_LETTERS.is_held_by(user):
        counted["letters"] = _count(list_unnumbered(user).order_by("issued_at"))
    if Role.HEAD in user.roles:
        counted["disposals"] = _count(Disposal.objects.filter(decided_at=None))
    if Role.TIM_PKD in user.roles:
        counted["is_delayed"] = Exists(list_delayed(limit))
        counted |= {kind: _last_beat(kind) for kind in Heartbeat.Kind} | {"database_now": Now()}
        counted["no_reply"] = Subquery(ComplaintTarget.objects.filter(stage=NO_REPLY).values("days")[:1])
    return Office.objects.filter(pk=1).annotate(**counted)


def serves_cases(user: User) -> bool:
    """Return whether the user holds a position that serves cases."""
    return bool(user.roles & {Role.DIVISION_HEAD, Role.OFFICER})


def _last_beat(kind: str) -> Subquery:
    return Subquery(Heartbeat.objects.filter(kind=kind).order_by("-seen_at").values("seen_at")[:1])


def _find_silent(numbers: dict[str, Any]) -> list[SilentKind]:
    now = numbers.get("database_now")
    return find_silent({kind: (numbers[kind], now) for kind in Heartbeat.Kind if numbers.get(kind) and now})


def _count(rows: QuerySet[Any]) -> CountOf:
    """Count rows. If they are ordered, the database follows the index of this order."""
    return CountOf(rows.values("pk")[: MAX_COUNTED + 1])
