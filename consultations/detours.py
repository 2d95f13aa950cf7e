"""Detours: conditions under which a step leads to another state than usual, and who may review a report.

Conditions take a case and the columns that the step changes. Docstrings are printed in docs/standard.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from consultations.enums import State
from office.models import Office, Role, User, list_current_appointments, list_holders

if TYPE_CHECKING:
    from consultations.models import Case

type Condition = Callable[["Case", Mapping[str, Any]], bool]
type Detour = tuple[Condition, State]


def served(user: User, case: Case) -> bool:
    """Return whether the user is the officer of the case or a companion."""
    return user.pk in case.involved


def passes_secretary(case: Case, changes: Mapping[str, Any]) -> bool:
    """The office has a Sekretaris who has not served the case and may see it."""
    return Office.load().has_secretary and _has_secretary(case, changes)


def without_secretary(case: Case, changes: Mapping[str, Any]) -> bool:
    """No Sekretaris may see the case any more."""
    return not _has_secretary(case, changes)


def is_independent(case: Case, changes: Mapping[str, Any]) -> bool:
    """The complaint is about those who would handle it."""
    return case.is_independent


def own_report(case: Case, changes: Mapping[str, Any]) -> bool:
    """Whoever heads the division now has served the case."""
    heads = [
        row
        for row in list_current_appointments()
        if (row.position.role, row.position.division_id) == (Role.DIVISION_HEAD, case.division_id)
        and row.user_id not in _list_official(case, changes)
    ]
    # Whoever acts for an absent head is in charge instead.
    in_charge = {row.user_id for row in heads if row.acting} or {row.user_id for row in heads}
    return bool(in_charge) and in_charge <= set(_list_serving(case))


def own_report_past_secretary(case: Case, changes: Mapping[str, Any]) -> bool:
    """Whoever heads the division now has served the case, and the office has a Sekretaris who has not."""
    return own_report(case, changes) and passes_secretary(case, changes)


TO_SUPERVISOR: tuple[Detour, ...] = ((is_independent, State.EXAMINING),)
"""First state of a complaint in the independent channel."""

PAST_SECRETARY: dict[State, tuple[Detour, ...]] = {
    State.ENDORSING: ((without_secretary, State.REGISTERED),),
    State.COSIGNING: ((without_secretary, State.FORWARDED),),
}
"""Next state of a complaint about the Sekretaris that it waits for."""


def _has_secretary(case: Case, changes: Mapping[str, Any]) -> bool:
    excluded = {*_list_serving(case), *_list_official(case, changes)}
    return bool(list_holders(Role.SECRETARY) - excluded)


def _list_serving(case: Case) -> list[int]:
    """Return the keys of the officer and the companions. Before the assignment there are none."""
    if case.officer_id is None:
        return []
    return [case.officer_id, *(companion.pk for companion in case.list_companions())]


def _list_official(case: Case, changes: Mapping[str, Any]) -> list[int]:
    """Return the key of the official that the case is about after the step, if there is one."""
    named = changes.get("complained_about")
    key = (named.pk if named else None) if "complained_about" in changes else case.complained_about_id
    return [key] if key else []
