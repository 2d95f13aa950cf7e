"""The steps that an actor can take on a case: the main one and the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from consultations.models import Case
from consultations.parties import Actor
from consultations.workflow import Step, list_open_steps

WALK_IN_STEP = 8


@dataclass(frozen=True)
class Actions:
    """The step that leads on, if any, and the other open steps."""

    main: Step | None
    others: Sequence[Step]


def get_actions(by: Actor, case: Case) -> Actions:
    """Return the steps that `by` can take now. Step 8 leads on for an urgent walk-in."""
    steps = list_open_steps(by, case)
    onward = [step for step in steps if not step.off_path or step.number == WALK_IN_STEP]
    main = max(onward, key=lambda step: step.number, default=None)
    return Actions(main, [step for step in steps if step is not main])
