"""Recipients: the people behind each rule of `rules.py`, by the positions they hold today."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from consultations.models import Case, Event
from dispositions.models import Assignment
from notices.models import Kind
from notices.rules import Recipient, Rule
from office.models import Appointment, Role, User


def recipients_for(
    case: Case, event: Event, before: Mapping[str, Any], rules: Iterable[Rule]
) -> dict[User, Kind]:
    """Return the staff named by the rules, each with the kind of the first rule that fits.

    The actor of the step and the official complained about are left out. Runs one query per rule.
    """
    found: dict[User, Kind] = {}
    for rule in rules:
        if rule.recipient is not Recipient.APPLICANT:
            holders = Appointment.objects.current().filter(_position(rule.recipient, case, before))
            for user in User.objects.filter(pk__in=holders.values("user")):
                found.setdefault(user, rule.kind)
    excluded = {event.by_id, case.complained_about_id}
    return {user: kind for user, kind in found.items() if user.pk not in excluded}


def _position(recipient: Recipient, case: Case, before: Mapping[str, Any]) -> Q:
    """Return the condition on appointments, in line with `consultations.parties`."""
    match recipient:
        case Recipient.TIM_PKD:
            return Q(position__role=Role.TIM_PKD)
        case Recipient.SECRETARY:
            return Q(position__role=Role.SECRETARY)
        case Recipient.HEAD:
            return Q(position__role=Role.HEAD)
        case Recipient.DIVISION_HEAD:
            return Q(position__role=Role.DIVISION_HEAD, position__division=case.division_id)
        case Recipient.COPIED_HEADS:
            return Q(position__role=Role.DIVISION_HEAD, position__division__in=case.copied_to.values("pk"))
        case Recipient.OFFICER:
            return Q(user=case.officer_id, position__division=case.division_id)
        case Recipient.FORMER_OFFICER:
            return Q(user=before["officer"])
        case Recipient.COMPANIONS:
            return Q(user__in=case.companions.values("pk"))
        case Recipient.FORMER_COMPANIONS:
            return Q(user__in=_get_former_companions(case))
        case _:
            raise ValueError(recipient)


def _get_former_companions(case: Case) -> QuerySet[User]:
    """Return the companions before the latest assignment. Those who still accompany have another notice."""
    before = case.assignments.order_by("-pk")[1:2]
    return User.objects.filter(
        pk__in=Assignment.companions.through.objects.filter(assignment__in=before).values("user")
    )
