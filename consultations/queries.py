"""Queries about cases for other models and for the desk."""

from typing import Any, cast

from django.db.models import Exists, OuterRef, Q, QuerySet
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
    waits = Q(pk__in=[])
    for appointment in user.current_appointments:
        role = Role(appointment.position.role)
        if role == Role.SUPERVISOR:
            continue
        turns = _states_of(Party(role))
        if role == Role.DIVISION_HEAD:
            waits |= Q(state__in=turns, division=appointment.position.division_id)
        elif role == Role.HEAD:
            waits |= Q(pk__in=_keys(state__in=turns).union(_keys(awaits_ratification=True)))
        elif role in parties.OFFICE_WIDE:
            waits |= Q(state__in=turns)
        if role in (Role.DIVISION_HEAD, Role.OFFICER):
            own = _states_of(Party.OFFICER)
            waits |= Q(state__in=own, officer=user, division=appointment.position.division_id)
    cases = Case.objects.all() if cases is None else cases
    return cases.filter(waits & parties.excluding_complaints_about(user))


def _states_of(party: Party) -> list[State]:
    """Return the states that wait for a party."""
    return [state for state, step in TURN.items() if step.actor == party]


def _keys(**wanted: Any) -> QuerySet[Any, Any]:
    """Return the keys of matching cases. In a union each part uses its index; an OR would scan all."""
    return Case.objects.filter(**wanted).order_by().values("pk")
