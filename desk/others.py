"""Cases on the desk that wait for somebody else: late ones, pressing complaints, unanswered requests."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from consultations.complaint_deadlines import HEADS_TURN, Hint, list_heads, list_hints
from consultations.deadlines import get_reply_limit
from consultations.enums import ANSWERING, BEFORE_FOLLOW_UP, Kind, Party, State
from consultations.models import Case
from consultations.models.case_queryset import CaseQuerySet
from consultations.pagination import PAGE_SIZE, first_of, only
from consultations.parties import excluding_complaints_about, served_by
from consultations.workflow import TURN
from office import clock
from office.models import Role, User
from office.prepared import prepared
from office.worktime import WorkingTime

MAX_ROWS = 10
MAX_LATE = 5
MAX_FOUND = MAX_ROWS * 2 + MAX_LATE
MAX_READ = MAX_FOUND + PAGE_SIZE
"""The rows of the desk can be among the cases that are read."""
AHEAD = dt.timedelta(days=14)
"""Complaints are read if due within this time. It exceeds SOON working days around any holidays."""

ROW = ("code", "subject", "agenda__year", "agenda__number", "kind", "state", "since", "complaint_kind")
WATCHED = (
    *ROW,
    "due_at",
    "follow_up_due",
    "answer_due",
    "division",
    "officer",
    "complained_about",
    "is_independent",
)


class LateLine(NamedTuple):
    """A late case that waits for somebody else, as values (tag `part`)."""

    code: str
    subject: str
    agenda: str
    state: str
    due_at: dt.datetime | None


@dataclass(frozen=True)
class Others:
    """Cases that need the user's attention, but not the user's step.

    `hints` are those of the desk's rows, in the same order. `pressing` are complaints with their hints.
    `late` are the other cases whose deadline passed. `unanswered` are requests that their applicants did not
    complete within `no_reply_days` working days.
    """

    hints: Sequence[list[Hint]]
    pressing: Sequence[tuple[Case, list[Hint]]] = ()
    late: Sequence[LateLine] = ()
    unanswered: Sequence[Case] = field(default_factory=list)
    no_reply_days: int = 0


def get_others(user: User, rows: Sequence[Case], working: WorkingTime, *, no_reply_days: int) -> Others:
    """Return the hints for the rows of the desk and the cases beside them; each case once."""
    if not user.roles - {Role.SECRETARIAT}:
        return Others([[] for _row in rows])
    limit = get_reply_limit(no_reply_days, working) if no_reply_days else None
    asked_before = {"asked_before": limit} if limit else {}
    known = {row.pk for row in rows}
    watched = _read_watched(user, MAX_READ, last=clock.today() + AHEAD, **asked_before)
    found = [case for case in watched if case.pk not in known][:MAX_FOUND]
    hints = list_hints(user, [*rows, *found], working)
    return Others(
        hints[: len(rows)],
        pressing=[(case, own) for case, own in zip(found, hints[len(rows) :], strict=True) if own][:MAX_ROWS],
        late=[
            LateLine(case.code, case.subject, str(case.agenda or ""), case.state, case.due_at)
            for case in found
            if case.kind == Kind.CONSULTATION and case.state != State.INCOMPLETE
        ],
        unanswered=[case for case in found if case.state == State.INCOMPLETE],
        no_reply_days=no_reply_days,
    )


@prepared
def _read_watched(
    user: User, number: int, *, last: dt.date, asked_before: dt.datetime | None = None
) -> QuerySet[Case]:
    """Return the first of the user's cases that are late, and of complaints that are late or due by `last`.

    Tim PKD also gets the requests `asked_before` that moment that nobody completed, and first of all the
    complaints that no head can take. The first rows of each part are enough, because the parts and the union
    have the same order.
    """
    sees_all = bool(user.roles & {Role.TIM_PKD, Role.HEAD})
    reach = excluding_complaints_about(user) if sees_all else served_by(user)
    mine = Case.objects.filter(reach)
    order = (F("answer_due").asc(nulls_last=True), "since", "pk")
    parts = [
        mine.filter(state__in=BEFORE_FOLLOW_UP, follow_up_due__lte=last).order_by(*order),
        # The deadline of a case is not after that of its answer: an index has the cases with both. Other
        # states are left out, because PostgreSQL would first find all cases in one of ANSWERING.
        mine.filter(answer_due__lte=last, due_at__isnull=False)
        .exclude(state__in=[state for state in State if state not in ANSWERING])
        .order_by("answer_due", "since", "pk"),
    ]
    if Role.TIM_PKD in user.roles:
        parts.append(mine.filter(_stuck()).order_by(*order))
    keys = [first_of(parts, number), first_of([_late(mine, user.roles, along_due=sees_all)], MAX_LATE)]
    if asked_before:
        unanswered = mine.filter(state=State.INCOMPLETE, since__lt=asked_before)
        keys.append(first_of([unanswered.order_by("since", "pk")], MAX_ROWS))
    watched = only(Case.objects.filter(pk__in=keys[0].union(*keys[1:])), WATCHED)
    if Role.TIM_PKD in user.roles:
        watched = watched.annotate(is_stuck=_stuck()).order_by("-is_stuck", "-kind", *order)
    else:
        watched = watched.order_by("-kind", *order)
    return watched[:number]  # complaints last: they alone have no limit


def _late(mine: CaseQuerySet, roles: set[Role], *, along_due: bool) -> CaseQuerySet:
    """Return the consultations that wait for another role and whose deadline passed, the longest ago first.

    With `along_due`, the database follows the deadlines. It would find cases by state if states were listed.
    """
    parties = {Party(role) for role in roles}
    elsewhere = [state for state, step in TURN.items() if step.actor not in parties]
    late = mine.filter(kind=Kind.CONSULTATION, due_at__lt=clock.now()).order_by("due_at", "since", "pk")
    if along_due:
        return late.exclude(state__in=[state for state in State if state not in elsewhere])
    return late.filter(state__in=elsewhere)


def _stuck() -> Q:
    """Match the complaints that wait for the head of the office and are about the only head."""
    another = list_heads().exclude(user=OuterRef("complained_about"))
    # In this order SQLite runs the subqueries for few cases only.
    about_head = Q(state__in=HEADS_TURN) & Q(complained_about__isnull=False)
    about_head &= Q(complained_about__in=list_heads().values("user"))
    return about_head & Q(~Exists(another))
