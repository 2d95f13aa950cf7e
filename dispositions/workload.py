"""Workload of people and divisions: open and late cases, sessions, the next free half hour."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField, Count, Q, Value
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext

from consultations.enums import State
from consultations.models import Case, WorkItem
from consultations.scheduling.availability import PERIOD_DAYS, list_starts
from consultations.scheduling.models import HALF_HOUR, Absence, Slot, half_hours_between
from consultations.scheduling.queries import list_running_sessions
from consultations.work import MAIN
from kit import clock
from office.access.invitations import list_without_password
from office.lists import list_active_divisions
from office.models import Appointment, Division, Office, Role, User, list_current_appointments
from office.worktime import WorkingTime


@dataclass(frozen=True)
class DivisionLoad:
    """A division, who heads it today, and the number of its open and late cases.

    `share` is `running` in percent of the division with the most open cases. `is_of_official`: its only head
    is the official complained about.
    """

    division: Division
    head: Appointment | None
    running: int
    late: int
    share: int
    is_of_official: bool = False


def list_division_loads(official: User | None = None) -> list[DivisionLoad]:
    """Return the active divisions with head and workload. One query, which counts open cases only."""
    divisions = list_active_divisions()
    current = [row for row in list_current_appointments() if row.position.role == Role.DIVISION_HEAD]
    heads = {head.position.division_id: head for head in sorted(current, key=lambda row: -row.pk)}
    turns = WorkItem.objects.open().filter(division__in=[one.pk for one in divisions], kind__in=MAIN)
    late = Count("pk", filter=Q(due_at__lt=clock.now()))
    counted = turns.order_by().values("division").annotate(running=Count("pk"), late=late)
    numbers = {row["division"]: (row["running"], row["late"]) for row in counted}
    most = max((running for running, _late in numbers.values()), default=0)
    loads = []
    for division in divisions:
        running, overdue = numbers.get(division.pk, (0, 0))
        share = 100 * running // most if most else 0
        is_of_official = official is not None and official.heads_alone(division)
        loads.append(DivisionLoad(division, heads.get(division.pk), running, overdue, share, is_of_official))
    return loads


@dataclass(frozen=True)
class Load:
    """A person in one position: open cases and how many are late, sessions of the week, next free half hour.

    `absence` says until when the person is away now, or is an empty string. `has_account` is false if the
    person cannot log in yet, because the invitation was not accepted. `engaged` says what the person has at
    the time that is wished for; it is empty if the person is free, and None if no time is wished for.
    `is_free_now` is false also while the office is closed. `unclosed` is the earlier day of a consultation
    that was never finished.
    """

    appointment: Appointment
    open: int
    late: int
    sessions: int
    free_at: dt.datetime | None
    absence: str
    in_session: bool
    has_account: bool = True
    engaged: str | None = None
    is_free_now: bool = False
    unclosed: dt.date | None = None

    @property
    def is_free_today(self) -> bool:
        return self.free_at is not None and timezone.localdate(self.free_at) == clock.today()


def list_loads(appointments: Iterable[Appointment], case: Case | None = None) -> list[Load]:
    """Return the people by division: first those who are present, and among them the least busy.

    `appointments` have user, position and division loaded. `case` is what they may serve at the time that it
    is wished for. Nine queries for any number of people.
    """
    held = list(appointments)
    people = {one.user_id for one in held}
    wished = get_wished_time(case) if case else None
    engaged = _list_engaged(people, case, wished) if case and wished else None
    turns = WorkItem.objects.open().filter(user__in=people, kind__in=MAIN)
    overdue = Count("pk", filter=Q(due_at__lt=clock.now()))
    counted = turns.order_by().values("user").annotate(open=Count("pk"), late=overdue)
    cases = {row["user"]: (row["open"], row["late"]) for row in counted}
    reserved = _list_reserved(people)
    opens = clock.now()
    closes = clock.midnight(clock.today() + dt.timedelta(days=PERIOD_DAYS))
    absences = Absence.objects.between(opens, closes).filter(person__in=people).by_person()
    begun = list_running_sessions()
    uninvited = set(list_without_password().filter(pk__in=people).values_list("pk", flat=True))
    working = WorkingTime.load()
    starts, is_open = list_starts(working, clock.today(), HALF_HOUR), working.includes(opens, opens)
    now_half = next(half_hours_between(timezone.localtime(opens), opens + HALF_HOUR))
    halves = [half for half in starts if half >= opens]
    sunday = clock.today() + dt.timedelta(days=6 - clock.today().weekday())

    def load(one: Appointment) -> Load:
        slots, away = reserved.get(one.user_id, {}), absences.get(one.user_id, [])
        free = (
            half
            for half in halves
            if half not in slots and not any(absence.touches(half, half + HALF_HOUR) for absence in away)
        )
        absence = next((absence.summary for absence in away if absence.has_begun), "")
        began = begun.get(one.user_id)
        is_in_session = began == clock.today()
        open_cases, late = cases.get(one.user_id, (0, 0))
        return Load(
            appointment=one,
            open=open_cases,
            late=late,
            sessions=len({s for half, s in slots.items() if half.date() <= sunday}),
            free_at=next(free, None),
            absence=absence,
            in_session=is_in_session,
            unclosed=None if is_in_session else began,
            has_account=one.user_id not in uninvited,
            engaged=None if engaged is None else engaged.get(one.user_id, ""),
            is_free_now=is_open and now_half not in slots and not absence and not is_in_session,
        )

    def rank(load: Load) -> tuple[object, ...]:
        division = load.appointment.position.division
        name = (division is None, str(division or ""))
        return (name, bool(load.absence), load.open, load.sessions, load.appointment.user.name)

    return sorted(map(load, held), key=rank)


def _list_reserved(people: set[int]) -> dict[int, dict[dt.datetime, int]]:
    days = (clock.today(), clock.today() + dt.timedelta(days=PERIOD_DAYS))
    slots = Slot.objects.filter(user__in=people, day__range=days)
    found: dict[int, dict[dt.datetime, int]] = defaultdict(dict)
    for user, day, half, session in slots.values_list("user", "day", "half_hour", "session"):
        found[user][clock.midnight(day) + half * HALF_HOUR] = session
    return found


def get_wished_time(case: Case) -> dt.datetime | None:
    """Return the time that is planned or, before that, wished for. Return None if it has passed."""
    planned = case.planned_at if case.state == State.SCHEDULED else case.visit_at
    moment = case.other_time or planned
    return moment if moment and moment > clock.now() else None


def _list_engaged(people: set[int], case: Case, start: dt.datetime) -> dict[int, str]:
    """Return what these people have at a time, in words, without the session of the case. Make one query."""
    end = start + dt.timedelta(minutes=Office.load().service_minutes)
    local = timezone.localtime(start)
    halves = [
        half.hour * 2 + half.minute // 30 for half in half_hours_between(local, timezone.localtime(end))
    ]
    slots = Slot.objects.filter(user__in=people, day=local.date(), half_hour__in=halves)
    sessions = slots.exclude(session__case=case).values_list(
        "user", "session__starts_at", "session__ends_at", Value("", CharField())
    )
    absences = Absence.objects.between(start, end).filter(person__in=people).order_by()
    away = absences.values_list("person", "starts_at", "ends_at", "reason")  # none of them has ended early
    found = {}
    for person, starts_at, ends_at, reason in sessions.union(away, all=True):
        if reason:
            found[person] = Absence(reason=reason, ends_at=ends_at).summary
        else:
            words = {"from": timezone.localtime(starts_at), "to": timezone.localtime(ends_at)}
            times = {name: time_format(moment) for name, moment in words.items()}
            found.setdefault(person, gettext("sudah ada janji %(from)s–%(to)s") % times)
    return found
