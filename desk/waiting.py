"""Cases that wait for a user: found with one bounded query, placed into the sections of the desk."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Exists, OuterRef, QuerySet, prefetch_related_objects

from consultations.complaint_deadlines import Hint
from consultations.enums import State
from consultations.models import Case
from consultations.models.marks import MOST_URGENT_FIRST
from consultations.pagination import first_of, only
from consultations.parties import parties
from consultations.queries import list_waiting_parts
from consultations.workflow import TURN, VERBS, Step
from desk.actions import get_main_step
from desk.urgency import Place, Section, get_place
from notices.models import Notice
from office import clock
from office.models import Appointment, Role, User
from office.prepared import prepared

MAX_WAITING = 100
"""Cases that are read and counted. If so many wait, there may be more."""

BULK_VERBS = ("ratify", "endorse", "dispose")
"""Steps that can be taken on several cases at once."""

NAMES = ("code", "agenda__year", "agenda__number", "subject", "applicant_name", "organisation")
MARKS = ("kind", "state", "urgency", "identity", "complaint_kind")
SHOWN = (*NAMES, *MARKS, "version", "since", "due_at", "answer_due")
FOR_THE_NEXT_STEP_AND_HINTS = (
    "channel",
    "awaits_ratification",
    "division",
    "officer",
    "complained_about",
    "is_independent",
    "follow_up_due",
    "opinions_awaited",
    "meeting_at",
    "minutes_awaited",
    "planned_at",
    "other_time",
    "anonymised_at",
    "deletion_asked_at",
    "retained_because",
)


@dataclass
class Row:
    """A case that waits for the user.

    `is_new` is true if a notice about the case is unread. `hints` are about the deadlines of a complaint.
    """

    user: User
    case: Case
    place: Place
    is_new: bool
    hints: Sequence[Hint] = field(default_factory=list)

    @cached_property
    def main(self) -> Step | None:
        """The step that leads on, if the user can take it now."""
        return get_main_step(self.user, self.case)

    @cached_property
    def appointment(self) -> Appointment | None:
        """The user's position that the case waits for."""
        step = self.main or TURN[State(self.case.state)]
        title = parties(self.user, self.case).get(step.actor)
        return next((held for held in self.user.current_appointments if held.title == title), None)

    @property
    def position(self) -> str:
        return get_short_title(self.appointment) if self.appointment else ""

    @property
    def version(self) -> str:
        """Code and version of the case, so that a later change is noticed."""
        return f"{self.case.code}:{self.case.version}"

    @property
    def is_acting(self) -> bool:
        """Whether the user holds this position for somebody else."""
        return bool(self.appointment and self.appointment.acting)

    @property
    def is_of_own_division(self) -> bool:
        """Whether the user, as acting head of the office, decides on a report of the user's own division."""
        headed = (a.position for a in self.user.current_appointments if a.position.role == Role.DIVISION_HEAD)
        divisions = {position.division_id for position in headed}
        return self.case.state == State.FORWARDED and self.case.division_id in divisions


@dataclass
class Waiting:
    """The cases that wait for a user, up to MAX_WAITING, in the order of the desk."""

    user: User
    rows: Sequence[Row]
    has_uncounted: bool

    def narrow(self, position: str) -> list[Row]:
        """Return the rows that wait in one position, or all."""
        return [row for row in self.rows if not position or row.position == position]

    @cached_property
    def queue(self) -> list[Row]:
        """The rows whose next step the user can take now, to be cleared one after another."""
        return [row for row in self.rows if row.main]

    @cached_property
    def bulk(self) -> list[tuple[Step, int]]:
        """The steps of BULK_VERBS that at least two cases wait for, with the number of cases."""
        numbers = Counter(row.main.verb for row in self.queue if row.main)
        return [(VERBS[verb], numbers[verb]) for verb in BULK_VERBS if numbers[verb] > 1]

    @property
    def acting(self) -> list[Appointment]:
        """Positions that the user holds for somebody else."""
        return [held for held in self.user.current_appointments if held.acting]

    @cached_property
    def positions(self) -> dict[str, int]:
        """Number of cases by position. Empty for a user with one position."""
        if len(self.user.current_appointments) < 2:
            return {}
        found = dict.fromkeys(map(get_short_title, self.user.current_appointments), 0)
        return found | Counter(row.position for row in self.rows)


def get_short_title(held: Appointment) -> str:
    """Return a title that fits into a chip: `Plh. Kepala Dinas`, `Kepala Bidang Rehabilitasi Sosial`."""
    words = (held.acting, Role(held.position.role).label, held.position.division or "")
    return " ".join(str(word) for word in words if word)


def list_waiting(user: User) -> Waiting:
    """Return the cases that wait for the user, the most urgent first. One query."""
    cases = _read_waiting(user, MAX_WAITING)
    reviewed = [case for case in cases if case.is_open and TURN[State(case.state)].is_review]
    prefetch_related_objects(reviewed, "companions")
    rows = sorted(_place(user, cases), key=_get_order)
    return Waiting(user, rows, has_uncounted=len(cases) >= MAX_WAITING)


@prepared
def _read_waiting(user: User, number: int) -> QuerySet[Case]:
    """Return the first cases, with the marked ones before all others, so that none of them is left out."""
    parts = [part.order_by(*MOST_URGENT_FIRST) for part in list_waiting_parts(user)]
    if not parts:
        return Case.objects.none()
    found = Case.objects.filter(pk__in=first_of(parts, number)).order_by(*MOST_URGENT_FIRST)[:number]
    unread = Notice.objects.unread().filter(recipient=user, case=OuterRef("pk"))
    return only(found, (*SHOWN, *FOR_THE_NEXT_STEP_AND_HINTS)).annotate(is_new=Exists(unread))


def _place(user: User, cases: Sequence[Case]) -> Iterator[Row]:
    now = clock.now()
    for case in cases:
        yield Row(user, case, get_place(case, now), is_new=bool(vars(case)["is_new"]))


def _get_order(row: Row) -> tuple[int, object, int]:
    return list(Section).index(row.place.section), row.place.at, row.case.pk
