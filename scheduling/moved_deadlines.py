"""Move the deadlines of open cases after the office's working time has changed."""

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.tasks import task

from consultations.deadlines import Targets, due_at, earliest
from consultations.enums import ANSWERING, BEFORE_FOLLOW_UP, State
from consultations.models import Case, ComplaintTarget, Event

BATCH_SIZE = 500
"""Cases that are read, locked and written together."""

DEADLINES = ("due_at", "follow_up_due", "answer_due")


@task()
def move_deadlines() -> int:
    """Compute the deadlines of all open cases again and store those that differ. Return how many cases moved.

    Deadlines count from the same moments as before, with today's working time and targets. Safe to run twice
    and beside steps: a step that locks a case waits, or is seen.
    """
    targets, last, moved = Targets(), 0, 0
    while True:
        with transaction.atomic():
            batch = _lock_batch(last)
            changed = [case for case in batch if _move(case, targets)]
            Case.objects.bulk_update(changed, DEADLINES)
        moved += len(changed)
        if len(batch) < BATCH_SIZE:
            return moved
        last = batch[-1].pk


def _lock_batch(last: int) -> list[Case]:
    """Return the open cases after the key `last`, with the moment of registration."""
    registered = Event.objects.filter(case=OuterRef("pk"), verb="register").order_by("-pk")
    cases = Case.objects.open().filter(pk__gt=last).order_by("pk").select_for_update(no_key=True)
    return list(cases.annotate(registered_at=Subquery(registered.values("entered_at")[:1]))[:BATCH_SIZE])


def _move(case: Case, targets: Targets) -> bool:
    """Set the deadlines of a case. Return whether one of them differs."""
    before = [getattr(case, name) for name in DEADLINES]
    registered_at = vars(case)["registered_at"]
    if case.follow_up_due and registered_at and case.state in BEFORE_FOLLOW_UP:
        stage = ComplaintTarget.Stage.FIRST_FOLLOW_UP
        case.follow_up_due = targets.last_day_of_stage(registered_at, stage)
    if case.answer_due and case.state in ANSWERING:
        case.answer_due = targets.last_day_of_stage(case.submitted_at, case.complaint_kind)
    if case.state != State.SCHEDULED:
        case.due_at = due_at(case, case.state, since=case.since, targets=targets)
    elif case.planned_at:
        case.due_at = earliest(case.planned_at, case.answer_due)
    return before != [getattr(case, name) for name in DEADLINES]
