"""The desk (Meja Kerja): cases and drafts that wait for a user, sessions, opinions and follow-ups."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.db.models import Exists, F, OuterRef
from django.utils.functional import SimpleLazyObject

from consultations.complaint_deadlines import Hint, set_days_left
from consultations.models import Case
from consultations.pagination import PAGE_SIZE, only
from consultations.parties import parties
from consultations.queries import of_served_case, of_visible_case, waiting_for
from consultations.workflow import STEPS_FROM, TABLE, Step
from desk.actions import Actions, get_actions
from desk.complaints import Complaints, get_complaints
from dispositions.models import Opinion
from dispositions.reminders import Reminder, get_reminder
from intake.models import RequestDraft
from intake.moderation import list_held
from notices.models import Notice
from notices.queries import DeliveryAlarm, delivery_alarm, messages_to_handle, unread_besides_work
from office import clock
from office.heartbeat import SilentKind, list_silent
from office.models import Office, Role, User
from office.worktime import WorkingTime
from reports.models import FollowUp
from scheduling.collisions import explain_closed
from scheduling.models import Session, Slot
from scheduling.queries import ROW_FIELDS

MAX_HELD = 20
MAX_ROWS = 10
MAX_MESSAGES = 101
MAX_SESSIONS = 100
SOON = dt.timedelta(days=7)
"""A recommendation appears on the desk this long before its due day."""

NAMES = ("code", "agenda__year", "agenda__number", "subject", "applicant_name", "organisation")
SHOWN = (*NAMES, "kind", "state", "since", "due_at", "complaint_kind", "answer_due")
FOR_THE_NEXT_STEP_AND_HINTS = (
    "channel",
    "awaits_ratification",
    "division",
    "officer",
    "complained_about",
    "follow_up_due",
    "opinions_awaited",
    "planned_at",
    "other_time",
)
OF_THE_CASE = ("case__code", "case__subject", "case__agenda__year", "case__agenda__number")
OPINION_SHOWN = (*OF_THE_CASE, "agency", "phone", "email", "due", "asked_at", "recorded_at")
OTHER_TIME_SHOWN = ("code", "subject", "applicant_name", "other_time", "planned_at")
FOLLOW_UP_SHOWN = (*OF_THE_CASE, "text", "responsible", "due", "done_at")
ANSWERABLE = [step.source for step in TABLE if step.verb == "record_opinion"]


@dataclass(frozen=True)
class Row:
    """A case that waits for the user, the steps that the user can take, and hints about deadlines.

    Only complaints have hints. `is_new` is true if a notice about the case is unread.
    """

    case: Case
    actions: Actions
    hints: list[Hint]
    is_new: bool


@dataclass(frozen=True)
class Desk:
    """All sections of one user's desk. Each list is bounded.

    `messages` is the number of messages that the user must handle, counted up to MAX_MESSAGES. Only Tim PKD
    gets the `alarm` and the `silent` processes. `unread` are the unread notices of cases that do not wait
    for the user. `collisions` are the user's own sessions for which the office is closed, and why.
    """

    rows: Sequence[Row]
    has_more: bool
    complaints: Complaints
    entrances: Sequence[Step]
    sessions: Sequence[Session]
    collisions: Sequence[tuple[Session, str]]
    other_times: Sequence[Case]
    opinions: Sequence[tuple[Opinion, Reminder]]
    follow_ups: Sequence[FollowUp]
    held: Sequence[RequestDraft]
    held_count: int
    messages: int
    alarm: DeliveryAlarm | None
    silent: Sequence[SilentKind]
    unread: Sequence[Notice]


def get_desk(user: User, office: Office) -> Desk:
    """Return the desk of a user who holds a position."""
    waiting, sessions = _list_waiting(user), _list_sessions(user)
    working = cast(WorkingTime, SimpleLazyObject(WorkingTime.load))
    shown = waiting[:PAGE_SIZE]
    set_days_left(shown)
    complaints = get_complaints(user, shown, working)
    held, held_count = _list_held(user)
    roles = {appointment.position.role for appointment in user.current_appointments}
    return Desk(
        rows=[
            Row(case, get_actions(user, case), hints, is_new=bool(vars(case)["is_new"]))
            for case, hints in zip(shown, complaints.hints, strict=True)
        ],
        has_more=len(waiting) > PAGE_SIZE,
        complaints=complaints,
        entrances=_list_entrances(user),
        sessions=sessions[:MAX_ROWS],
        collisions=_list_collisions(user, sessions, working),
        other_times=_list_other_times(user),
        opinions=_list_opinions(user, office),
        follow_ups=_list_follow_ups(user),
        held=held,
        held_count=held_count,
        messages=messages_to_handle(user).values("pk")[:MAX_MESSAGES].count(),
        alarm=delivery_alarm() if Role.TIM_PKD in roles else None,
        silent=list_silent() if Role.TIM_PKD in roles else [],
        unread=list(unread_besides_work(user)[:MAX_ROWS]),
    )


def _list_waiting(user: User) -> list[Case]:
    """Return the first page of cases that wait for the user, by deadline, and one more if there is one."""
    unread = Notice.objects.unread().filter(recipient=user, case=OuterRef("pk"))
    cases = only(waiting_for(user), (*SHOWN, *FOR_THE_NEXT_STEP_AND_HINTS)).annotate(is_new=Exists(unread))
    return list(cases.order_by(F("due_at").asc(nulls_last=True), "since", "pk")[: PAGE_SIZE + 1])


def _list_sessions(user: User) -> list[Session]:
    """Return the next MAX_SESSIONS sessions from today on that the user holds or accompanies."""
    slots = Slot.objects.filter(user=user, day__gte=clock.today())
    ahead = Session.objects.filter(of_visible_case(user), pk__in=slots.values("session"), finished_at=None)
    shown = only(ahead, (*ROW_FIELDS, "outside_hours"))
    return list(shown.order_by("starts_at")[:MAX_SESSIONS])


def _list_collisions(
    user: User, sessions: Sequence[Session], working: WorkingTime
) -> list[tuple[Session, str]]:
    """Return the first of the user's own planned sessions for which the office is closed, and why."""
    now = clock.now()
    own = [s for s in sessions if s.officer_id == user.pk and s.starts_at and s.starts_at > now]
    found = [(session, reason) for session in own if (reason := explain_closed(session, working))]
    return found[:MAX_ROWS]


def _list_other_times(user: User) -> list[Case]:
    """Return the user's own cases whose applicants ask for another time, the soonest first."""
    asked = Case.objects.served_by(user).filter(officer=user, other_time__isnull=False)
    return list(asked.only(*OTHER_TIME_SHOWN).order_by("planned_at", "pk")[:MAX_ROWS])


def _list_opinions(user: User, office: Office) -> list[tuple[Opinion, Reminder]]:
    """Return the opinions that the user's own cases wait for, the most urgent first."""
    own = Case.objects.served_by(user).filter(officer=user, state__in=ANSWERABLE, opinions_awaited__gt=0)
    awaited = Opinion.objects.filter(case__in=own, recorded_at=None)
    shown = only(awaited, OPINION_SHOWN).order_by("due", "pk")[:MAX_ROWS]
    return [(opinion, get_reminder(opinion, office=office)) for opinion in shown]


def _list_follow_ups(user: User) -> list[FollowUp]:
    """Return the open recommendations in the user's cases that are late or due within a week."""
    soon = FollowUp.objects.filter(of_served_case(user), done_at=None, due__lte=clock.today() + SOON)
    return list(only(soon, FOLLOW_UP_SHOWN).order_by("due", "pk")[:MAX_ROWS])


def _list_held(user: User) -> tuple[list[RequestDraft], int]:
    """Return the oldest drafts held for the user's decision, and their total number."""
    shown = list(list_held(user).defer("typed")[:MAX_HELD])
    return shown, len(shown) if len(shown) < MAX_HELD else list_held(user).count()


def _list_entrances(user: User) -> list[Step]:
    """Return the steps that create a case and are open to the user."""
    mine = parties(user, Case())
    return [step for step in STEPS_FROM[None] if step.actor in mine]
