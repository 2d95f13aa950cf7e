"""Recipients: the people behind each rule of `rules.py`, by the positions they hold today."""

from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

from consultations.models import Case, Event
from dispositions.models import Assignment
from notices.models import Kind
from notices.rules import Recipient, Rule
from office.models import Appointment, Role, User
from office.models.people import list_current_appointments


def recipients_for(
    case: Case, event: Event, before: Mapping[str, Any], rules: Iterable[Rule]
) -> dict[User, Kind]:
    """Return the staff named by the rules, each with the kind of the first rule that fits.

    The actor of the step and the official complained about are left out. Runs one query, and one for each
    rule about copies or companions.
    """
    found: dict[int, Kind] = {}
    current = list_current_appointments()
    for rule in rules:
        if rule.recipient is not Recipient.APPLICANT:
            for held in filter(_select(rule.recipient, case, before), current):
                found.setdefault(held.user_id, rule.kind)
    named = found.keys() - {event.by_id, case.complained_about_id}
    users = User.objects.filter(pk__in=named, is_active=True) if named else ()
    return {user: found[user.pk] for user in users}


def _select(recipient: Recipient, case: Case, before: Mapping[str, Any]) -> Callable[[Appointment], bool]:
    """Return the condition on appointments, in line with `consultations.parties`."""
    match recipient:
        case Recipient.TIM_PKD:
            return lambda held: held.position.role == Role.TIM_PKD
        case Recipient.SECRETARY:
            return lambda held: held.position.role == Role.SECRETARY
        case Recipient.HEAD:
            return lambda held: held.position.role == Role.HEAD
        case Recipient.DIVISION_HEAD:
            return lambda held: _heads(held, {case.division_id})
        case Recipient.COPIED_HEADS:
            copied = set(case.copied_to.values_list("pk", flat=True))
            return lambda held: _heads(held, copied)
        case Recipient.OFFICER:
            mine = case.officer_id, case.division_id
            return lambda held: (held.user_id, held.position.division_id) == mine
        case Recipient.FORMER_OFFICER:
            return lambda held: held.user_id == before["officer"]
        case Recipient.COMPANIONS:
            companions = set(case.companions.values_list("pk", flat=True))
            return lambda held: held.user_id in companions
        case Recipient.FORMER_COMPANIONS:
            former = _get_former_companions(case)
            return lambda held: held.user_id in former
        case _:
            raise ValueError(recipient)


def _heads(held: Appointment, divisions: Container[int | None]) -> bool:
    return held.position.role == Role.DIVISION_HEAD and held.position.division_id in divisions


def _get_former_companions(case: Case) -> set[int]:
    """Return the companions before the latest assignment. Those who still accompany have another notice."""
    before = case.assignments.order_by("-pk")[1:2]
    links = Assignment.companions.through.objects.filter(assignment__in=before)
    return set(links.values_list("user", flat=True))
