"""A row of the standard's table, and the conditions under which a step leads to another state.

Detours: conditions under which a step leads to another state than usual, and who may review a report.

Conditions take a case and the columns that the step changes. Docstrings are printed in docs/standard.md.

One row of the standard: the type of the rows in workflow.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import Party, State
from consultations.parties import Actor
from consultations.preconditions import Precondition
from office.models import Office, Role, User, list_current_appointments, list_holders
from office.words import with_words_lazy

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


OWN_REPORT = _(
    "Anda ikut melayani konsultasi ini, jadi orang lain yang memeriksa laporannya. Bila tidak ada, "
    "kembalikan laporan untuk diperbaiki: laporan yang dikirim lagi langsung diteruskan ke pimpinan."
)

OWN_ACCEPTANCE = with_words_lazy(
    _(
        "Anda ikut melayani konsultasi ini, jadi orang lain yang menerima laporannya. Mintalah "
        "administrator menunjuk Plh. %(head)s."
    )
)


@dataclass(frozen=True)
class Step:
    """One row of the standard: `actor` takes a case from `source` to `target`.

    `number` is the step in the SK, or 0 if the SK does not name it. `off_path` marks a step that leaves or
    repeats the main path. `preconditions` are functions that return a sentence if they are not met.
    `detours` lead to another state than `target`: the first whose condition holds. `is_review` marks a
    review of the report, which nobody takes who has served the case.
    """

    number: int
    verb: str
    title: Promise
    done: Promise
    actor: Party
    source: State | None
    target: State
    preconditions: tuple[Precondition, ...] = ()
    off_path: bool = False
    detours: tuple[Detour, ...] = ()
    is_review: bool = False

    @property
    def targets(self) -> tuple[State, ...]:
        """All states that the step can lead to, the usual one first."""
        return (self.target, *(state for _condition, state in self.detours))

    def obstacles(self, case: Case, by: Actor) -> list[str]:
        """Return a sentence for each precondition that is not met."""
        found = [str(sentence) for precondition in self.preconditions if (sentence := precondition(case))]
        if self.is_review and isinstance(by, User) and served(by, case):
            found.append(str(OWN_ACCEPTANCE if self.actor == Party.HEAD else OWN_REPORT))
        return found

    def choose_target(self, case: Case, changes: Mapping[str, Any]) -> State:
        """Return the state that the step leads a case to. `changes` are columns that change with it."""
        return next((state for holds, state in self.detours if holds(case, changes)), self.target)
