"""One row of the standard: the type of the rows in workflow.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.detours import Detour, served
from consultations.enums import Party, State
from consultations.parties import Actor
from consultations.preconditions import Precondition
from office.models import User
from office.words import with_words_lazy

if TYPE_CHECKING:
    from consultations.models import Case

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
