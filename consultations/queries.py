"""Queries about cases for other models and for the desk."""

from functools import reduce
from operator import or_
from typing import cast

from django.db.models import Exists, OuterRef, Q
from django.http import Http404

from consultations import parties
from consultations.enums import Party, State
from consultations.models import Case
from consultations.models.case_queryset import CaseQuerySet
from consultations.workflow import TURN
from office.models import Role, User
from office.prepared import prepared


def get_visible_case(user: User, code: str) -> Case:
    """Return the case with its people. Raise Http404 if the user may not see it, or there is none."""
    found = _find_case(user, code=code)
    if not found:
        raise Http404
    return cast(Case, found[0])


@prepared
def _find_case(user: User, *, code: str) -> CaseQuerySet:
    visible = Case.objects.filter(parties.visible_row_by_row(user), code=code)
    return visible.with_people().select_related("complained_about")


def of_visible_case(user: User, field: str = "case") -> Q:
    """Match the rows whose case (foreign key `field`) the user may see.

    SQLite starts from the cases of an officer. For other users it checks row by row, by primary key.
    PostgreSQL chooses between both ways.
    """
    if parties.sees_own_cases_only(user):
        return parties.visible_to(user, f"{field}__")
    return Q(Exists(Case.objects.visible_to(user).filter(pk=OuterRef(field))))


def of_few_visible_cases(user: User, field: str = "case") -> Q:
    """Match the same rows as `of_visible_case()` for a query that reads few rows: check each of them."""
    return Q(Exists(Case.objects.filter(parties.visible_row_by_row(user), pk=OuterRef(field))))


def of_served_case(user: User) -> Q:
    """Match the rows whose case the user serves. The database chooses whether it starts from the cases."""
    return parties.served_by(user, "case__")


def waiting_for(user: User, cases: CaseQuerySet | None = None) -> CaseQuerySet:
    """Return the cases that wait for the user. The user can also see them."""
    cases = Case.objects.all() if cases is None else cases
    waits = reduce(or_, _list_turns(user), Q(pk__in=[]))
    return cases.filter(waits & parties.excluding_complaints_about(user))


def list_waiting_parts(user: User) -> list[CaseQuerySet]:
    """Return the same cases in parts, each of which has its index."""
    return [
        Case.objects.filter(turn & parties.excluding_complaints_about(user)) for turn in _list_turns(user)
    ]


def _list_turns(user: User) -> list[Q]:
    """Match the cases whose next step is that of the user, by position; for the whole office by state."""
    found = []
    for position in (appointment.position for appointment in user.current_appointments):
        role = Role(position.role)
        turns = _states_of(Party(role))
        if role in parties.OFFICE_WIDE or role == Role.SUPERVISOR:
            found += [Q(state=state) for state in turns]
        if role == Role.HEAD:
            found += [Q(awaits_ratification=True), Q(deletion_asked_at__isnull=False)]
        if role == Role.DIVISION_HEAD:
            found.append(Q(state__in=turns, division=position.division_id))
        if role in (Role.DIVISION_HEAD, Role.OFFICER):
            own = _states_of(Party.OFFICER)
            found.append(Q(state__in=own, officer=user, division=position.division_id))
    return found


def _states_of(party: Party) -> list[State]:
    """Return the states that wait for a party."""
    return [state for state, step in TURN.items() if step.actor == party]
