"""Which of the steps open to somebody is offered first, as a button."""

from collections.abc import Sequence
from dataclasses import dataclass

from consultations.models import Case
from consultations.parties import Actor
from consultations.workflow import Step, list_open_steps

WALK_IN_STEP = 8


@dataclass(frozen=True)
class Actions:
    """The steps open to a person on a case: the one that leads on (if any), and the others."""

    main: Step | None
    others: Sequence[Step]


def actions(by: Actor, case: Case) -> Actions:
    """The steps that `by` can take now. An urgent walk-in goes on by step 8, which is no aside for it."""
    steps = list_open_steps(by, case)
    onward = [step for step in steps if not step.off_path or step.number == WALK_IN_STEP]
    main = max(onward, key=lambda step: step.number, default=None)
    return Actions(main, [step for step in steps if step is not main])
