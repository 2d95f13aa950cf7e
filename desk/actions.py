"""The steps that an actor can take on a case: the main one and the others."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from consultations.enums import State
from consultations.models import Case
from consultations.parties import Actor, parties
from consultations.preconditions import earliest_start
from consultations.workflow import STEPS_FROM, Step, list_open_steps

WALK_IN_STEP = 8

DECISION = "decide_deletion"
"""The step that an ended case may wait for."""

ONWARD = {
    state: sorted(
        (s for s in STEPS_FROM[state] if not s.off_path or s.number == WALK_IN_STEP or s.verb == DECISION),
        key=lambda step: -step.number,
    )
    for state in State
}
"""Steps that can lead on from each state, the last of the standard first."""


@dataclass(frozen=True)
class Actions:
    """The step that leads on, if any, and the other open steps.

    `opens_at` is set if only the planned time is still too far away for the step that leads on. The user can
    then move the consultation to now.
    """

    main: Step | None
    others: Sequence[Step]
    opens_at: dt.datetime | None = None


def get_main_step(by: Actor, case: Case) -> Step | None:
    """Return the step that leads on, if `by` can take it now. Step 8 leads on for an urgent walk-in."""
    mine = parties(by, case)
    onward = ONWARD[State(case.state)]
    return next((step for step in onward if step.actor in mine and not step.obstacles(case, by)), None)


def get_actions(by: Actor, case: Case) -> Actions:
    """Return the steps that `by` can take now."""
    steps, main = list_open_steps(by, case), get_main_step(by, case)
    waits = main is None and any(step.verb == "reschedule" for step in steps)
    opens_at = earliest_start(case.planned_at) if waits and case.planned_at else None
    return Actions(main, [step for step in steps if step is not main], opens_at)
