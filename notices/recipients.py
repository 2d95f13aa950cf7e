"""Recipients: the people behind each rule of `rules.py`, by the positions they hold today."""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from consultations.models import Case, Event
from dispositions.models import Assignment
from notices.models import Kind
from notices.rules import Recipient, Rule
from office.models import Appointment, Role, User
from office.models.people import find_holders


def recipients_for(
    case: Case, event: Event, before: Mapping[str, Any], rules: Iterable[Rule]
) -> dict[User, Kind]:
    """Return the staff named by the rules, each with the kind of the first rule that fits.

    The actor of the step and the official complained about are left out. Runs one query, or none.
    """
    staff = [rule for rule in rules if rule.recipient is not Recipient.APPLICANT]
    holders = {f"rule_{n}": _find(rule.recipient, case, before) for n, rule in enumerate(staff)}
    holds = {name: Q(pk__in=keys) for name, keys in holders.items() if not isinstance(keys, set) or keys}
    if not holds:
        return {}
    users = User.objects.filter(reduce(or_, holds.values()), is_active=True).exclude(pk=event.by_id)
    users = users.exclude(pk=case.complained_about_id) if case.complained_about_id else users
    users = users.annotate(**{name: ExpressionWrapper(q, BooleanField()) for name, q in holds.items()})
    kinds = {name: rule.kind for name, rule in zip(holders, staff, strict=True)}
    return {user: next(kinds[name] for name in holds if vars(user)[name]) for user in users}


def _find(recipient: Recipient, case: Case, before: Mapping[str, Any]) -> set[int] | QuerySet[Any, Any]:
    """Return the keys of the users who hold a position, in line with `consultations.parties`."""
    match recipient:
        case Recipient.TIM_PKD:
            return find_holders(lambda held: held.position.role == Role.TIM_PKD)
        case Recipient.SECRETARY:
            return find_holders(lambda held: held.position.role == Role.SECRETARY)
        case Recipient.HEAD:
            return find_holders(lambda held: held.position.role == Role.HEAD)
        case Recipient.DIVISION_HEAD:
            mine = Role.DIVISION_HEAD, case.division_id
            return find_holders(lambda held: (held.position.role, held.position.division_id) == mine)
        case Recipient.OFFICER:
            own = case.officer_id, case.division_id
            return find_holders(lambda held: (held.user_id, held.position.division_id) == own)
        case Recipient.FORMER_OFFICER:
            return find_holders(lambda held: held.user_id == before["officer"])
        case Recipient.COPIED_HEADS:
            copied = case.copied_to.values("pk")
            heads = Appointment.objects.current().filter(position__role=Role.DIVISION_HEAD)
            return heads.filter(position__division__in=copied).values("user")
        case Recipient.COMPANIONS:
            return Appointment.objects.current().filter(user__in=case.companions.values("pk")).values("user")
        case Recipient.FORMER_COMPANIONS:
            return Appointment.objects.current().filter(user__in=_get_former_companions(case)).values("user")
        case _:
            raise ValueError(recipient)


def _get_former_companions(case: Case) -> QuerySet[Any, Any]:
    """Return the companions before the latest assignment. Those who still accompany have another notice."""
    before = case.assignments.order_by("-pk")[1:2]
    return Assignment.companions.through.objects.filter(assignment__in=before).values("user")
