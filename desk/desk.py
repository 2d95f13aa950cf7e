"""The desk (Meja Kerja): what waits for a user, the user's sessions, and what waits for others."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.db.models import QuerySet
from django.utils.functional import SimpleLazyObject

from consultations.complaint_deadlines import set_days_left
from consultations.enums import Channel, State
from consultations.models import Case
from consultations.pagination import PAGE_SIZE, only
from consultations.parties import parties
from consultations.queries import of_few_visible_cases
from consultations.workflow import STEPS_FROM, TABLE, Step
from desk.day import Entry, list_day
from desk.groups import Group, list_groups
from desk.others import Others, get_others
from desk.status import Status, get_status
from desk.urgency import Place, get_place
from desk.waiting import Row, Waiting, list_waiting
from dispositions.models import Opinion
from dispositions.reminders import Reminder, get_reminder
from office import clock
from office.models import Office, Role, User
from office.prepared import prepared
from office.worktime import WorkingTime
from scheduling.collisions import explain_absent, explain_closed
from scheduling.models import Absence, Session, Slot
from scheduling.queries import ROW_FIELDS

MAX_ROWS = 10
MAX_SESSIONS = 100
MAX_LATER = 5

OF_THE_CASE = ("case__code", "case__subject", "case__agenda__year", "case__agenda__number")
OPINION_SHOWN = (*OF_THE_CASE, "agency", "phone", "email", "due", "asked_at", "recorded_at")
GUEST_SHOWN = (
    *("code", "subject", "applicant_name", "channel", "state", "since", "due_at"),
    *("deletion_asked_at", "officer__name"),
)
ANSWERABLE = [step.source for step in TABLE if step.verb == "record_opinion"]


@dataclass(frozen=True)
class Desk:
    """All sections of one user's desk. Each list is bounded.

    `groups` are the sections of `waiting` in the chosen position. `guests` wait at the counter, for the
    Sekretariat. `day` is today's schedule, `later` are the sessions after today. `collisions` are the user's
    own sessions for which the office is closed or in which the user is away, and why. `meetings` are the
    user's cases with a meeting (forum rapat) whose minutes are missing.
    """

    waiting: Waiting
    groups: Sequence[Group]
    has_more: bool
    guests: Sequence[tuple[Case, Place]]
    others: Others
    entrances: Sequence[Step]
    day: Sequence[Entry]
    later: Sequence[Session]
    collisions: Sequence[tuple[Session, str]]
    other_times: Sequence[Case]
    meetings: Sequence[Case]
    opinions: Sequence[tuple[Opinion, Reminder]]
    status: Status


def get_desk(user: User, *, position: str = "") -> Desk:
    """Return the desk of a user who holds a position. `position` shows what waits in that one only."""
    status, waiting, sessions = get_status(user), list_waiting(user), _list_sessions(user)
    tomorrow = clock.midnight(clock.today() + dt.timedelta(days=1))
    working = cast(WorkingTime, SimpleLazyObject(WorkingTime.load))
    rows = waiting.narrow(position)
    shown = [row.case for row in rows[:PAGE_SIZE]]
    set_days_left(shown, working)
    others = get_others(user, shown, working, no_reply_days=status.no_reply_days)
    for row, hints in zip(rows, others.hints, strict=False):
        row.hints = hints
    return Desk(
        waiting=waiting,
        groups=list_groups(waiting, rows),
        has_more=len(rows) > PAGE_SIZE,
        guests=_list_guests(user),
        others=others,
        entrances=_list_entrances(user),
        day=list_day(sessions),
        later=[s for s in sessions if s.starts_at and s.starts_at >= tomorrow][:MAX_LATER],
        collisions=_list_collisions(user, sessions, working),
        other_times=_list_other_times(user, waiting.rows),
        meetings=_list_meetings(user, waiting.rows),
        opinions=_list_opinions(user, waiting.rows, status.office),
        status=status,
    )


def _list_sessions(user: User) -> list[Session]:
    """Return the next MAX_SESSIONS sessions that the user holds or accompanies, with all of today.

    A session that has ended has no slots anymore.
    """
    today = clock.midnight(clock.today())
    return _read_sessions(user, begins=today, ends=today + dt.timedelta(days=1))


@prepared
def _read_sessions(user: User, *, begins: dt.datetime, ends: dt.datetime) -> QuerySet[Session]:
    ahead = Slot.objects.filter(user=user, day__gte=clock.today()).values_list("session")
    ended = Session.objects.filter(officer=user, finished_at__isnull=False, starts_at__range=(begins, ends))
    keys = ahead.order_by().union(ended.order_by().values_list("pk"))
    shown = only(
        Session.objects.filter(of_few_visible_cases(user), pk__in=keys),
        (*ROW_FIELDS, "outside_hours", "started_at"),
    )
    return shown.order_by("starts_at")[:MAX_SESSIONS]


def _list_guests(user: User) -> list[tuple[Case, Place]]:
    """Return the urgent visitors of today who are not served yet, the longest wait first."""
    if all(held.position.role != Role.SECRETARIAT for held in user.current_appointments):
        return []
    guests = _read_guests(user, begins=clock.midnight(clock.today()))
    return [(case, get_place(case, clock.now())) for case in guests]


@prepared
def _read_guests(user: User, *, begins: dt.datetime) -> QuerySet[Case]:
    came = {"channel": Channel.WALK_IN, "state": State.ASSIGNED, "since__gte": begins}
    guests = only(Case.objects.visible_to(user).filter(**came), GUEST_SHOWN)
    return guests.order_by("since", "pk")[:MAX_ROWS]


def _list_collisions(
    user: User, sessions: Sequence[Session], working: WorkingTime
) -> list[tuple[Session, str]]:
    """Return the first of the user's own planned sessions that collide with a closed day or an absence.

    Each comes with the reason.
    """
    now = clock.now()
    own = [s for s in sessions if s.officer_id == user.pk and s.starts_at and s.starts_at > now]
    absences = Absence.objects.upcoming().filter(person=user).by_person() if own else {}
    found = [
        (session, reason)
        for session in own
        if (reason := explain_closed(session, working) or explain_absent(session, absences))
    ]
    return found[:MAX_ROWS]


def _list_other_times(user: User, rows: Sequence[Row]) -> list[Case]:
    """Return the user's own cases whose applicants ask for another time, the soonest first."""
    asked = [row.case for row in rows if row.case.other_time and row.case.officer_id == user.pk]
    return asked[:MAX_ROWS]


def _list_meetings(user: User, rows: Sequence[Row]) -> list[Case]:
    """Return the user's own cases with a meeting ahead or without its minutes, the earliest first."""
    called = [row.case for row in rows if row.case.minutes_awaited and row.case.officer_id == user.pk]
    return sorted(called, key=lambda case: case.meeting_at or clock.now())[:MAX_ROWS]


def _list_opinions(user: User, rows: Sequence[Row], office: Office) -> list[tuple[Opinion, Reminder]]:
    """Return the opinions that the user's own cases wait for, the most urgent first.

    These cases wait for their officer, too.
    """
    own = [
        row.case.pk
        for row in rows
        if row.case.opinions_awaited and row.case.officer_id == user.pk and row.case.state in ANSWERABLE
    ]
    if not own:
        return []
    awaited = Opinion.objects.filter(case__in=own, recorded_at=None)
    shown = only(awaited, OPINION_SHOWN).order_by("due", "pk")[:MAX_ROWS]
    return [(opinion, get_reminder(opinion, office=office)) for opinion in shown]


def _list_entrances(user: User) -> list[Step]:
    """Return the steps that create a case and are open to the user."""
    mine = parties(user, Case())
    return [step for step in STEPS_FROM[None] if step.actor in mine]
