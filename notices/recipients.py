"""Recipients: the people behind each rule of `rules.py`, by the positions they hold today."""

from collections.abc import Callable, Collection, Iterable, Mapping
from copy import copy
from typing import Any

from consultations.models import Case, Event
from consultations.parties import list_supervisors
from dispositions.models import Assignment
from notices.models import Kind
from notices.rules import Recipient, Rule
from office.models import Appointment, Role, User, list_current_appointments


def recipients_for(
    case: Case, event: Event, before: Mapping[str, Any], rules: Iterable[Rule]
) -> dict[User, Kind]:
    """Return the staff named by the rules, each with the kind of the first rule that fits.

    The actor of the step and the official complained about are left out.
    """
    found: dict[User, Kind] = {}
    for rule in rules:
        if rule.recipient is not Recipient.APPLICANT:
            is_meant = _choose(rule.recipient, case, before)
            holders = {row.user for row in list_current_appointments() if is_meant(row)}
            for user in sorted(holders, key=lambda user: user.name):
                found.setdefault(copy(user), rule.kind)
    excluded = {event.by_id, case.complained_about_id}
    return {user: kind for user, kind in found.items() if user.pk not in excluded}


def _choose(recipient: Recipient, case: Case, before: Mapping[str, Any]) -> Callable[[Appointment], bool]:
    """Return the condition on appointments, in line with `consultations.parties`."""
    division = case.division_id
    match recipient:
        case Recipient.TIM_PKD:
            return lambda row: row.position.role == Role.TIM_PKD
        case Recipient.SECRETARY:
            return lambda row: row.position.role == Role.SECRETARY
        case Recipient.HEAD:
            return lambda row: row.position.role == Role.HEAD
        case Recipient.DIVISION_HEAD:
            return lambda row: _heads(row, {division})
        case Recipient.COPIED_HEADS:
            copied = set(case.copied_to.values_list("pk", flat=True))
            return lambda row: _heads(row, copied)
        case Recipient.OFFICER:
            return lambda row: (row.user_id, row.position.division_id) == (case.officer_id, division)
        case Recipient.FORMER_OFFICER:
            return lambda row: row.user_id == before["officer"]
        case Recipient.COMPANIONS:
            companions = {person.pk for person in case.list_companions()}
            return lambda row: row.user_id in companions
        case Recipient.FORMER_COMPANIONS:
            former = _get_former_companions(case)
            return lambda row: row.user_id in former
        case Recipient.SUPERVISOR:
            supervisors = list_supervisors()
            return lambda row: row.user_id in supervisors
        case _:
            raise ValueError(recipient)


def _heads(row: Appointment, divisions: Collection[int | None]) -> bool:
    return row.position.role == Role.DIVISION_HEAD and row.position.division_id in divisions


def _get_former_companions(case: Case) -> set[int]:
    """Return the companions before the latest assignment. Those who still accompany have another notice."""
    before = case.assignments.order_by("-pk")[1:2]
    through = Assignment.companions.through.objects.filter(assignment__in=before)
    return set(through.values_list("user", flat=True))
