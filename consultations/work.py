"""Work items of a case: which rows of the table it waits for, and whom each of them waits for today."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from consultations.deadlines import DELETION_TIME, END_OF_DAY, last_day_to_complete
from consultations.enums import Channel, Party, State
from consultations.models import Case, Event, WorkItem
from consultations.models.case import CaseQuerySet
from consultations.parties import (
    excluding_complaints_about,
    hidden_from_head,
    is_supervisor,
    without_head,
)
from consultations.scheduling.models import Absence
from consultations.step_row import Step, list_officers
from consultations.workflow import STEPS_FROM, TURN
from kit import clock
from kit.rules import holds
from office.models import Appointment, Office, Role, User, list_current_appointments

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
    """Yield what the case waits for, not saved. What has no other beginning has waited since `at`."""
    for step in DUTIES[State(case.state)]:
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


def _get_end(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, END_OF_DAY, timezone.get_current_timezone())


def _get_lapse(case: Case) -> Term:
    last = last_day_to_complete(case) or clock.LAST_DAY - DAY
    return clock.midnight(last + DAY), None


def _get_objection(case: Case) -> Term:
    return None, _get_end(case.objection_due) if case.objection_due else None


def _get_deletion(case: Case) -> Term:
    asked = case.deletion_asked_at
    return asked, asked + DELETION_TIME if asked else None


DAY = dt.timedelta(days=1)
TERMS: dict[str, Callable[[Case], Term]] = {
    **dict.fromkeys(MAIN, lambda case: (case.since, case.due_at)),
    "lapse": _get_lapse,
    "decide_objection": _get_objection,
    "record_objection": _get_objection,
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


def update_items(*, case: Case, event: Event, before: Mapping[str, Any], **more: Any) -> None:
    """Open and close the items of a case after a step (one of STEP_RECEIVERS)."""
    store_items([case], event)
    if before.keys() & {"division", "officer"}:
        others = case.work_items.open().exclude(subject="")
        others.update(division=case.division_id)
        if case.officer_id:
            others.filter(party=Party.OFFICER).update(user=case.officer_id)


COMPARED = ("party", "division_id", "user_id", "barred_id", "urgency", "since", "due_at")


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


PASSED_UP = ("dispose", "accept")
"""Steps of the head that Tim PKD replaces by `pass_up` if the complaint is about the only head."""


IS_GUEST = Q(kind="prepare", case__channel=Channel.WALK_IN)
"""The item of a guest who has come without a date and waits at the counter."""


def waits_for(user: User, absences: Iterable[Absence] | None = None) -> Q:
    """Match the items that wait for a user today, by the positions of today.

    Those of an officer who has left wait for the head of the division, who names another one. So do those of
    an officer who is away, if a guest waits or their deadline comes before the return. `absences` are those
    of this moment, if they are known.
    """
    if not user.current_appointments:
        return Q(pk__in=[])
    if Role.DIVISION_HEAD in user.roles and absences is None:
        absences = Absence.objects.now()
    claims = [claim for held in user.current_appointments for claim in _list_claims(held, absences or ())]
    claims.append(Q(party="", user=user))
    return reduce(or_, claims) & ~Q(barred=user) & excluding_complaints_about(user, "case__")


def _list_claims(held: Appointment, absences: Iterable[Absence]) -> Iterator[Q]:
    role, division = Role(held.position.role), held.position.division_id
    if role == Role.SUPERVISOR:
        if is_supervisor(held.user):
            yield Q(party=Party.SUPERVISOR)
    elif Party(role) not in OF_CASE:
        yield Q(party=Party(role))
    if role == Role.TIM_PKD:
        yield Q(party=Party.HEAD, kind__in=PASSED_UP, case__closed_at=None) & without_head("case__")
        yield Q(party=Party.HEAD, kind="decide_deletion") & hidden_from_head("case__")
    if role == Role.DIVISION_HEAD:
        yield Q(party=Party.DIVISION_HEAD, division=division)
        serving = list_officers(division)
        of_officer = Q(party=Party.OFFICER, kind__in=[*MAIN, "answer_again"], division=division)
        yield of_officer & ~Q(user__in=sorted(serving))
        away = (one for one in absences if one.person_id in serving - {held.user_id})
        for absence in away:
            presses = Q(due_at__lt=absence.until) | IS_GUEST
            yield of_officer & Q(user=absence.person_id) & presses
    if role in (Role.DIVISION_HEAD, Role.OFFICER):
        yield Q(party=Party.OFFICER, user=held.user_id, division=division)


def waiting_for(user: User, cases: CaseQuerySet | None = None) -> CaseQuerySet:
    """Return the cases that wait for the user. The user can also see them."""
    items = WorkItem.objects.waiting().steps().filter(waits_for(user))
    return (Case.objects.all() if cases is None else cases).filter(pk__in=items.values("case"))


def get_turn_item(case: Case) -> WorkItem | None:
    """Return the item of the main path that an open case waits for, as it is now. Makes no query."""
    return next(list_duties(case, clock.now())) if case.is_open else None


def list_waited_for(case: Case) -> list[User]:
    """Return the people of the office whose turn it is, by name."""
    item = get_turn_item(case)
    return sorted((user for _item, user in list_people([item] if item else [])), key=lambda user: user.name)


def list_people(items: Sequence[WorkItem]) -> list[tuple[WorkItem, User]]:
    """Return each of the items with each of the people for whom it waits today."""
    people = {held.user_id: copy(held.user) for held in list_current_appointments()} if items else {}
    absences = list(Absence.objects.now()) if items else []
    rules = [(user, waits_for(user, absences)) for user in people.values()]
    return [(item, user) for item in items for user, rule in rules if holds(rule, item)]
