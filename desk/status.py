"""Numbers of the desk that need no list, read together with the office in one query."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, IntegerField, QuerySet, Subquery

from intake.models import RequestDraft
from intake.moderation import list_held
from notices.queries import (
    DeliveryAlarm,
    delivery_alarm,
    list_delayed,
    may_share_links,
    messages_to_handle,
)
from office.heartbeat import SilentKind, list_silent
from office.models import Office, Role, User

MAX_COUNTED = 100
"""Rows that are counted at most."""

MAX_HELD = 20


class CountOf(Subquery):
    """The number of rows of a sliced queryset."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


@dataclass(frozen=True)
class Status:
    """The office, and what waits for the user besides cases.

    `messages` is the number of messages that the user must handle. `held` are the oldest drafts held for the
    user's decision, of `held_count`. Only Tim PKD gets the `alarm` and the `silent` processes.
    """

    office: Office
    messages: int
    held: list[RequestDraft]
    held_count: int
    alarm: DeliveryAlarm | None
    silent: list[SilentKind]


def get_status(user: User) -> Status:
    """Return the status for a user who holds a position. Counts end at MAX_COUNTED + 1."""
    is_tim_pkd = any(held.position.role == Role.TIM_PKD for held in user.current_appointments)
    counted: dict[str, Any] = {"held_count": _count(list_held(user))}
    if may_share_links(user) or serves_cases(user):
        counted["messages"] = _count(messages_to_handle(user))
    if is_tim_pkd:
        counted["is_delayed"] = Exists(list_delayed())
    office = Office.objects.filter(pk=1).annotate(**counted).first() or Office(pk=1)
    numbers = vars(office)
    held_count = numbers.get("held_count", 0)
    return Status(
        office=office,
        messages=numbers.get("messages", 0),
        held=list(list_held(user).defer("typed")[:MAX_HELD]) if held_count else [],
        held_count=held_count,
        alarm=delivery_alarm() if numbers.get("is_delayed") else None,
        silent=list_silent() if is_tim_pkd else [],
    )


def serves_cases(user: User) -> bool:
    """Return whether the user holds a position that serves cases."""
    roles = {held.position.role for held in user.current_appointments}
    return bool(roles & {Role.DIVISION_HEAD, Role.OFFICER})


def _count(rows: QuerySet[Any]) -> CountOf:
    return CountOf(rows.order_by().values("pk")[: MAX_COUNTED + 1])
