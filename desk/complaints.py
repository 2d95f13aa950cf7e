"""Complaints and unanswered requests on the desk: late, due soon, or stuck."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from consultations.complaint_deadlines import HEADS_TURN, SOON, Hint, list_heads, list_hints
from consultations.deadlines import get_reply_limit
from consultations.enums import ANSWERING, BEFORE_FOLLOW_UP, State
from consultations.models import Case, ComplaintTarget
from consultations.pagination import only
from consultations.parties import excluding_complaints_about
from office import clock
from office.models import Role, User
from office.worktime import WorkingTime

MAX_ROWS = 10
ROW = ("code", "subject", "agenda__year", "agenda__number", "kind", "state", "since", "complaint_kind")
PRESSING = (*ROW, "follow_up_due", "answer_due", "division", "officer", "complained_about")


@dataclass(frozen=True)
class Complaints:
    """Complaints that need the user's attention.

    `hints` are those of the desk's rows, in the same order. `pressing` are other complaints with their hints.
    `unanswered` are requests that their applicants did not complete within `no_reply_days` working days.
    """

    hints: Sequence[list[Hint]]
    pressing: Sequence[tuple[Case, list[Hint]]] = ()
    unanswered: Sequence[Case] = field(default_factory=list)
    no_reply_days: int = 0


def get_complaints(user: User, rows: Sequence[Case], working: WorkingTime) -> Complaints:
    """Return the hints for the rows of the desk and the complaints beside them; each complaint once."""
    roles = {Role(held.position.role) for held in user.current_appointments}
    if not roles - {Role.SECRETARIAT}:
        return Complaints([[] for _row in rows])
    others = _pressing(user, roles, working).exclude(pk__in=[row.pk for row in rows])
    pressing = list(only(others, PRESSING)[:MAX_ROWS])
    hints = list_hints(user, [*rows, *pressing], working)
    unanswered, days = _unanswered(user) if Role.TIM_PKD in roles else ([], 0)
    return Complaints(
        hints[: len(rows)], list(zip(pressing, hints[len(rows) :], strict=True)), unanswered, days
    )


def _pressing(user: User, roles: set[Role], working: WorkingTime) -> QuerySet[Case]:
    """Return the user's complaints whose first follow-up or answer is late or due soon.

    Tim PKD gets the complaints that no head can take before them.
    """
    handles_all = roles & {Role.TIM_PKD, Role.HEAD}
    handled = (
        Case.objects.filter(excluding_complaints_about(user)) if handles_all else Case.objects.served_by(user)
    )
    last = working.add_days(clock.today(), SOON) or clock.today()
    follow_up = handled.filter(state__in=BEFORE_FOLLOW_UP, follow_up_due__lte=last)
    answer = handled.filter(state__in=ANSWERING, answer_due__lte=last)
    stuck = handled.filter(_stuck()) if Role.TIM_PKD in roles else Case.objects.none()
    keys, *more = (found.order_by().values("pk") for found in (follow_up, answer, stuck))
    pressing = Case.objects.filter(pk__in=keys.union(*more)).annotate(is_stuck=_stuck())
    return pressing.order_by(F("is_stuck").desc(nulls_last=True), F("answer_due").asc(nulls_last=True), "pk")


def _stuck() -> Q:
    """Match the complaints that wait for the head of the office and are about the only head."""
    another = list_heads().exclude(user=OuterRef("complained_about"))
    return Q(~Exists(another), state__in=HEADS_TURN, complained_about__in=list_heads().values("user"))


def _unanswered(user: User) -> tuple[list[Case], int]:
    """Return the requests that Tim PKD may close, oldest first, and the working days without an answer."""
    days = ComplaintTarget.days_for(ComplaintTarget.Stage.NO_REPLY)
    moment = get_reply_limit(days)
    if moment is None:
        return [], days
    waiting = Case.objects.filter(excluding_complaints_about(user), state=State.INCOMPLETE, since__lt=moment)
    return list(only(waiting, ROW).order_by("since", "pk")[:MAX_ROWS]), days
