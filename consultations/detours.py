"""Detours: conditions under which a step leads to another state than usual, and who may review a report.

Conditions take a case and the columns that the step changes. Docstrings are printed in docs/standard.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects

from consultations.enums import State
from office.models import Appointment, Office, Role, User

if TYPE_CHECKING:
    from consultations.models import Case

type Condition = Callable[["Case", Mapping[str, Any]], bool]
type Detour = tuple[Condition, State]


def served(user: User, case: Case) -> bool:
    """Return whether the user is the officer of the case or a companion."""
    return user.pk in _list_serving(case)


def passes_secretary(case: Case, changes: Mapping[str, Any]) -> bool:
    """The office has a Sekretaris who has not served the case and may see it."""
    return Office.load().has_secretary and _has_secretary(case, changes)


def without_secretary(case: Case, changes: Mapping[str, Any]) -> bool:
    """No Sekretaris may see the case any more."""
    return not _has_secretary(case, changes)


def own_report(case: Case, changes: Mapping[str, Any]) -> bool:
    """Whoever heads the division now has served the case."""
    heads = Appointment.objects.current().filter(
        position__role=Role.DIVISION_HEAD, position__division=case.division_id
    )
    held = list(heads.exclude(user__in=_list_official(case, changes)).values_list("user", "acting"))
    # Whoever acts for an absent head is in charge instead.
    in_charge = {user for user, acting in held if acting} or {user for user, _acting in held}
    return bool(in_charge) and in_charge <= set(_list_serving(case))


def own_report_past_secretary(case: Case, changes: Mapping[str, Any]) -> bool:
    """Whoever heads the division now has served the case, and the office has a Sekretaris who has not."""
    return own_report(case, changes) and passes_secretary(case, changes)


PAST_SECRETARY: dict[State, tuple[Detour, ...]] = {
    State.ENDORSING: ((without_secretary, State.REGISTERED),),
    State.COSIGNING: ((without_secretary, State.FORWARDED),),
}
"""Next state of a complaint about the Sekretaris that it waits for."""


def _has_secretary(case: Case, changes: Mapping[str, Any]) -> bool:
    holders = Appointment.objects.current().filter(position__role=Role.SECRETARY)
    return holders.exclude(user__in=[*_list_serving(case), *_list_official(case, changes)]).exists()


def _list_serving(case: Case) -> list[int]:
    """Return the keys of the officer and the companions. Before the assignment there are none."""
    if case.officer_id is None:
        return []
    prefetch_related_objects([case], "companions")  # read once, or not at all if a list has read them
    return [case.officer_id, *(companion.pk for companion in case.companions.all())]


def _list_official(case: Case, changes: Mapping[str, Any]) -> list[int]:
    """Return the key of the official that the case is about after the step, if there is one."""
    named = changes.get("complained_about")
    key = (named.pk if named else None) if "complained_about" in changes else case.complained_about_id
    return [key] if key else []
