"""Work items of a case: which rows of the table it waits for, opened and closed by each step."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from consultations.deadlines import DELETION_TIME, last_day_to_complete
from consultations.enums import Party, State
from consultations.models import Case, Event, WorkItem
from consultations.step_row import Step
from consultations.workflow import STEPS_FROM, TURN
from kit import clock
from office.models import Office, User

DUTIES: dict[State, list[Step]] = {
    state: sorted(
        (step for step in STEPS_FROM[state] if not step.off_path or step.waits_if),
        key=lambda step: step.off_path,
    )
    for state in State
}
"""Steps that a case in each state can wait for: that of the main path first, then those beside it."""

MAIN = frozenset(step.verb for step in TURN.values())
"""Verbs of the main path. A case has at most one open item of them: its turn."""

OF_CASE = frozenset({Party.DIVISION_HEAD, Party.OFFICER})
"""Parties that are other people in each case."""


def list_duties(case: Case, at: dt.datetime) -> Iterator[WorkItem]:
    """Yield what the case waits for, not saved. What has no other beginning has waited since `at`.

    An anonymised case waits for nothing, whatever its columns still say.
    """
    for step in DUTIES[State(case.state)] if case.anonymised_at is None else ():
        if step.waits_if is None or step.waits_if(case):
            since, due = TERMS[step.verb](case) if step.verb in TERMS else (None, None)
            yield WorkItem(
                case=case,
                kind=step.verb,
                party=step.actor,
                division_id=case.division_id,
                user_id=case.officer_id if step.actor == Party.OFFICER else None,
                urgency=case.urgency,
                since=since or _get_beginning(step.verb, at),
                due_at=due,
            )


type Term = tuple[dt.datetime | None, dt.datetime | None]


def _get_lapse(case: Case) -> Term:
    last = last_day_to_complete(case) or clock.LAST_DAY - DAY
    return clock.midnight(last + DAY), None


def _get_deletion(case: Case) -> Term:
    asked = case.deletion_asked_at
    return asked, asked + DELETION_TIME if asked else None


DAY = dt.timedelta(days=1)
TERMS: dict[str, Callable[[Case], Term]] = {
    **dict.fromkeys(MAIN, lambda case: (case.since, case.due_at)),
    "lapse": _get_lapse,
    "decide_deletion": _get_deletion,
    "confirm_deletion": lambda case: (case.deletion_granted_at, None),
    "answer_again": lambda case: (case.asked_again_at, None),
    "record_minutes": lambda case: (case.meeting_at, None),
}
"""From when a step waits and until when, if columns of the case say it."""


UNDATED = {step.verb for steps in DUTIES.values() for step in steps} - TERMS.keys()
"""Steps that wait since another step was taken."""


def _get_beginning(verb: str, at: dt.datetime) -> dt.datetime:
    """Return from when a step waits that nothing but an earlier step opens: a reminder after its term."""
    if verb != "remind_receiver":
        return at
    return clock.midnight(timezone.localdate(at) + (Office.load().transfer_days + 1) * DAY)


def update_items(*, case: Case, event: Event, **more: Any) -> None:
    """Open and close the items of a case after a step (one of STEP_RECEIVERS)."""
    store_items([case], event)


COMPARED = ("paper_kind", "party", "division_id", "user_id", "barred_id", "urgency", "since", "due_at")


def store_items(cases: Sequence[Case], event: Event | None = None) -> None:
    """Make the open items of the cases what they wait for. A taken step is done, also if it waits again."""
    at = event.happened_at if event else clock.now()
    is_new = event is not None and not event.source
    present = WorkItem.objects.none() if is_new else WorkItem.objects.open().steps().filter(case__in=cases)
    replace_items(present, [item for case in cases for item in list_duties(case, at)], event=event)


def replace_items(
    present: QuerySet[WorkItem],
    wanted: Iterable[WorkItem],
    *,
    event: Event | None = None,
    by: User | None = None,
) -> None:
    """Close those of the open items `present` that are not `wanted`, correct the others, and open new ones.

    `event` is the step that causes it, else `by` who did what waited.
    """
    new = {(item.case_id, item.kind, item.subject): item for item in wanted}
    done, changed = [], []
    for item in present:
        key = (item.case_id, item.kind, item.subject)
        if key not in new or (event and event.verb == item.kind):
            done.append(item.pk)
            continue
        corrected = new.pop(key)
        if item.kind in UNDATED:
            corrected.since = item.since
        if any(getattr(corrected, name) != getattr(item, name) for name in COMPARED):
            corrected.pk, corrected.opened_by_id = item.pk, item.opened_by_id
            changed.append(corrected)
    if done:
        WorkItem.objects.filter(pk__in=done).update(done_at=clock.now(), done_by=event.by if event else by)
    for item in new.values():
        item.opened_by = event
    WorkItem.objects.bulk_create(new.values())
    WorkItem.objects.bulk_update(changed, [name.removesuffix("_id") for name in COMPARED])


def get_turn_item(case: Case) -> WorkItem | None:
    """Return the item of the main path that an open case waits for, as it is now. Makes no query."""
    return next(list_duties(case, clock.now()), None) if case.is_open else None
