"""Cases on the desk that wait for somebody else: late ones, pressing complaints, unanswered requests."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from consultations.complaint_deadlines import HEADS_TURN, Hint, list_heads, list_hints
from consultations.deadlines import get_reply_limit
from consultations.enums import ANSWERING, BEFORE_FOLLOW_UP, Kind, Party, State
from consultations.models import Case, ComplaintTarget
from consultations.models.case_queryset import CaseQuerySet
from consultations.pagination import only
from consultations.parties import excluding_complaints_about
from consultations.workflow import TURN
from office import clock
from office.models import Role, User
from office.worktime import WorkingTime

MAX_ROWS = 10
MAX_LATE = 5
AHEAD = dt.timedelta(days=14)
"""Days ahead in which complaints are looked for: enough for SOON working days around any holidays."""

ROW = ("code", "subject", "agenda__year", "agenda__number", "kind", "state", "since", "complaint_kind")
WATCHED = (*ROW, "due_at", "follow_up_due", "answer_due", "division", "officer", "complained_about")


@dataclass(frozen=True)
class Others:
    """Cases that need the user's attention, but not the user's step.

    `hints` are those of the desk's rows, in the same order. `pressing` are complaints with their hints.
    `late` are the other cases whose deadline passed. `unanswered` are requests that their applicants did not
    complete within `no_reply_days` working days.
    """

    hints: Sequence[list[Hint]]
    pressing: Sequence[tuple[Case, list[Hint]]] = ()
    late: Sequence[Case] = ()
    unanswered: Sequence[Case] = field(default_factory=list)
    no_reply_days: int = 0


def get_others(user: User, rows: Sequence[Case], working: WorkingTime) -> Others:
    """Return the hints for the rows of the desk and the cases beside them; each case once."""
    roles = {Role(held.position.role) for held in user.current_appointments}
    if not roles - {Role.SECRETARIAT}:
        return Others([[] for _row in rows])
    watched = _watched(user, roles).exclude(pk__in=[row.pk for row in rows])
    found = list(only(watched, WATCHED)[: MAX_ROWS + MAX_LATE])
    hints = list_hints(user, [*rows, *found], working)
    pressing = [(case, told) for case, told in zip(found, hints[len(rows) :], strict=True) if told]
    late = [case for case in found if case.kind == Kind.CONSULTATION][:MAX_LATE]
    unanswered, days = _unanswered(user, working) if Role.TIM_PKD in roles else ([], 0)
    return Others(hints[: len(rows)], pressing[:MAX_ROWS], late, unanswered, days)


def _watched(user: User, roles: set[Role]) -> QuerySet[Case]:
    """Return the user's cases that are late, and the complaints that are late or due within AHEAD.

    Tim PKD gets the complaints that no head can take before them. Each part of the union uses its index.
    """
    handles_all = roles & {Role.TIM_PKD, Role.HEAD}
    handled = (
        Case.objects.filter(excluding_complaints_about(user)) if handles_all else Case.objects.served_by(user)
    )
    last = clock.today() + AHEAD
    parts: list[CaseQuerySet] = [
        handled.filter(state__in=BEFORE_FOLLOW_UP, follow_up_due__lte=last),
        handled.filter(state__in=ANSWERING, answer_due__lte=last),
        Case.objects.filter(pk__in=_late(handled, roles).values("pk")),
    ]
    if Role.TIM_PKD in roles:
        parts.append(handled.filter(_stuck()))
    keys, *more = (part.order_by().values("pk") for part in parts)
    watched = Case.objects.filter(pk__in=keys.union(*more)).annotate(is_stuck=_stuck())
    return watched.order_by(
        F("is_stuck").desc(nulls_last=True), F("answer_due").asc(nulls_last=True), "due_at", "pk"
    )


def _late(handled: CaseQuerySet, roles: set[Role]) -> CaseQuerySet:
    """Return the first cases whose deadline passed, among those that wait for another role."""
    mine = {Party(role) for role in roles}
    elsewhere = [state for state, step in TURN.items() if step.actor not in mine]
    late = handled.filter(state__in=elsewhere, kind=Kind.CONSULTATION, due_at__lt=clock.now())
    return late.order_by("due_at")[:MAX_LATE]


def _stuck() -> Q:
    """Match the complaints that wait for the head of the office and are about the only head."""
    another = list_heads().exclude(user=OuterRef("complained_about"))
    return Q(~Exists(another), state__in=HEADS_TURN, complained_about__in=list_heads().values("user"))


def _unanswered(user: User, working: WorkingTime) -> tuple[list[Case], int]:
    """Return the requests that Tim PKD may close, oldest first, and the working days without an answer."""
    days = ComplaintTarget.days_for(ComplaintTarget.Stage.NO_REPLY)
    moment = get_reply_limit(days, working)
    if moment is None:
        return [], days
    waiting = Case.objects.filter(excluding_complaints_about(user), state=State.INCOMPLETE, since__lt=moment)
    return list(only(waiting, ROW).order_by("since", "pk")[:MAX_ROWS]), days
