"""The desk (Meja Kerja): what waits for a user, the user's sessions, what waits for others, and counts."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from consultations.complaints import Hint, list_hints, set_days_left
from consultations.enums import ANSWERING, BEFORE_FOLLOW_UP, Kind
from consultations.models import Case
from consultations.models.case import NOT_IN_ROWS, CaseQuerySet
from consultations.parties import excluding_complaints_about, get_office_parties, served_by
from consultations.queries import list_repeats, with_people
from consultations.scheduling.models import Absence, Session
from consultations.scheduling.queries import explain_absent, explain_closed
from consultations.scheduling.whose_work import waits_for
from consultations.workflow import STEPS_FROM, TABLE
from desk.front_desk import get_front_desk
from desk.lines import WATCHING, list_lines
from desk.waiting import in_words, list_waiting
from dispositions.addressees import Reminder, get_reminder
from dispositions.models import Opinion
from kit import clock
from kit.jobs import list_silent
from kit.pagination import PAGE_SIZE
from notices.queries import delivery_alarm
from office.models import Office, Role, User
from office.worktime import WorkingTime

MAX_ROWS = 10
MAX_READ = MAX_ROWS * 2
"""Maximum number of complaints that are read. Some of them may have no hint."""

MAX_SESSIONS = 100
MAX_LATER = 5
AHEAD = dt.timedelta(days=14)
"""Complaints are read if due within this time. It exceeds the days of a hint around any holidays."""

FREE_FROM = dt.timedelta(minutes=30)
"""Shortest free time that the timeline shows."""

SERVING = {Role.DIVISION_HEAD, Role.OFFICER}
"""Roles that serve cases."""

ENTRANCES = [step for step in STEPS_FROM[None] if step.verb != "split_off"]
"""First steps with a page of their own. A second matter is split off on the page of the first one."""

ANSWERABLE = [step.source for step in TABLE if step.verb == "record_opinion"]


@dataclass(frozen=True)
class Entry:
    """One line of today: a session, the present moment (`is_now`), or free time in words."""

    at: dt.datetime
    session: Session | None = None
    is_now: bool = False
    free: str = ""


def get_desk(user: User, *, position: str = "") -> dict[str, Any]:
    """Return all sections of the desk of a user who holds a position. Each list is bounded.

    `groups` are the sections of the waiting work in one position, or in all, each with its lines.
    `collisions` are the user's own sessions for which the office is closed or the user is away, and why.
    Others wait for somebody else: `pressing` complaints with their hints. Only Tim PKD gets the `alarm` and
    the `silent` processes.
    """
    working = cast(WorkingTime, SimpleLazyObject(WorkingTime.load))
    rule = waits_for(user)
    waiting, sessions = list_waiting(user, rule), _list_sessions(user)
    rows = waiting.narrow(position)
    shown = [row.case for row in rows[:PAGE_SIZE]]
    complaints = _list_watched(user, [case.pk for case in shown])
    set_days_left(shown, working)
    hints = list_hints(user, [*shown, *complaints], working)
    for row, own in zip(rows, hints, strict=False):
        row.hints = tuple(own)
    arrived = {one.case_id: one for one in sessions if one.is_awaiting}
    for row in rows[:PAGE_SIZE]:
        if session := arrived.get(row.case.pk):
            since = time_format(timezone.localtime(session.arrived_at))
            words = _("Tamu sudah datang, menunggu sejak %(time)s") % {"time": since}
            row.hints += (Hint(words, is_late=False),)
    of_absent = [row for row in rows[:PAGE_SIZE] if row.is_of_absent_officer]
    with_people(row.case for row in of_absent)
    for row in of_absent:
        words = _("%(name)s berhalangan atau tidak lagi bertugas.") % {"name": row.case.officer}
        row.hints += (Hint(words, is_late=False),)
    for row in rows[:PAGE_SIZE]:
        if back := row.returned:
            row.hints = (Hint(f"{back.words}: {back.reason}", is_late=False), *row.hints)
    repeats = list_repeats([case.pk for case in shown], user)
    for row in rows[:PAGE_SIZE]:
        if others := repeats.get(row.case.pk):
            row.hints += (_get_repeat_hint(others),)
    pressing = [(case, own) for case, own in zip(complaints, hints[len(shown) :], strict=True) if own]
    mine = {row.case.pk: row.case for row in waiting.rows if row.case.officer_id == user.pk}
    tomorrow = clock.midnight(clock.today() + dt.timedelta(days=1))
    entering = get_office_parties(user)
    lines = list_lines(user, rule)
    is_tim_pkd = Role.TIM_PKD in user.roles
    return {
        "waiting": waiting,
        "groups": [
            (group, [line for line in lines if line.section == group.section])
            for group in waiting.list_groups(rows)
        ],
        "has_more": len(rows) > PAGE_SIZE,
        "has_lines": bool(lines),
        "front_desk": get_front_desk(user),
        "entrances": [step for step in ENTRANCES if step.actor in entering],
        "day": list_day(sessions),
        "later": [s for s in sessions if s.starts_at and s.starts_at >= tomorrow][:MAX_LATER],
        "collisions": _list_collisions(user, sessions, working),
        "opinions": _list_opinions([*mine.values()]),
        "pressing": pressing[:MAX_ROWS],
        "awaits_staff_check": Office.load().awaits_staff_check and Role.HEAD in user.roles,
        "alarm": delivery_alarm() if is_tim_pkd else None,
        "silent": list_silent() if is_tim_pkd else [],
    }


def _get_repeat_hint(others: Sequence[Case]) -> Hint:
    sentence = _("Pemohon ini juga mengajukan: %(subjects)s")
    return Hint(sentence % {"subjects": "; ".join(other.subject for other in others)}, is_late=False)


def _list_sessions(user: User) -> list[Session]:
    """Return the next MAX_SESSIONS sessions that the user holds or accompanies, with all of today.

    A companion has none that is over.
    """
    if not user.roles & SERVING:
        return []
    ahead = Session.objects.filter(starts_at__gte=clock.midnight(clock.today()), cancelled_at=None)
    visible = excluding_complaints_about(user, "case__")
    own = ahead.filter(Q(finished_at=None) | Q(officer=user), visible, case__involvements__user=user)
    shown = own.select_related("case").defer(*(f"case__{column}" for column in NOT_IN_ROWS))
    return with_people(shown.order_by("starts_at")[:MAX_SESSIONS])


def list_day(sessions: Sequence[Session]) -> list[Entry]:
    """Return the timeline of today's sessions, empty without any. `sessions` are ordered by start."""
    now = clock.now()
    planned = [(session.starts_at, session) for session in sessions if session.starts_at]
    today = [(at, session) for at, session in planned if timezone.localdate(at) == clock.today()]
    if not today:
        return []
    entries, free_from, is_ahead = [], now, False
    for at, session in today:
        if at > now and not is_ahead:
            entries.append(Entry(now, is_now=True))
            is_ahead = True
        if is_ahead and at - free_from >= FREE_FROM:
            words = _("%(time)s kosong") % {"time": in_words(at - free_from)}
            entries.append(Entry(free_from, free=words))
        entries.append(Entry(at, session))
        free_from = max(free_from, session.ends_at or now)
    return entries if is_ahead else [*entries, Entry(now, is_now=True)]


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


def _list_opinions(mine: Sequence[Case]) -> list[tuple[Opinion, Reminder]]:
    waiting = [case for case in mine if case.opinions_awaited and case.state in ANSWERABLE]
    if not waiting:
        return []
    awaited = Opinion.objects.filter(case__in=waiting, recorded_at=None).select_related("case__agenda")
    office = Office.load()
    return [(one, get_reminder(one, office=office)) for one in awaited.order_by("due", "pk")[:MAX_ROWS]]


def _list_watched(user: User, known: Sequence[int]) -> list[Case]:
    if not user.roles & WATCHING:
        return []
    watched = watched_by(user).exclude(pk__in=known)
    return list(choose_complaints(watched, clock.today() + AHEAD)[:MAX_READ])


def watched_by(user: User) -> CaseQuerySet:
    """Return the cases that the user watches while they wait for others."""
    sees_all = user.roles & {Role.TIM_PKD, Role.HEAD}
    return Case.objects.filter(excluding_complaints_about(user) if sees_all else served_by(user))


def choose_complaints(watched: CaseQuerySet, last: dt.date) -> CaseQuerySet:
    """Return the complaints with a deadline until `last`, the soonest first."""
    near = Q(state__in=BEFORE_FOLLOW_UP, follow_up_due__lte=last)
    near |= Q(state__in=ANSWERING, due_at__isnull=False, answer_due__lte=last)
    order = (F("answer_due").asc(nulls_last=True), "since", "pk")
    return watched.filter(near, kind=Kind.COMPLAINT).as_rows().select_related("agenda").order_by(*order)
