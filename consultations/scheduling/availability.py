"""Availability: the free times of the office for visitors, and the busy times of people and rooms."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.db import connection
from django.db.models import CharField, Count, DateTimeField, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import last_day_to_schedule
from consultations.enums import State
from consultations.models import Case
from consultations.scheduling.models import HALF_HOUR, Absence, Session, Slot, half_hours_between
from consultations.scheduling.pace import get_pace
from kit import clock
from kit.cache import get_edition
from kit.refusal import Refused
from office.lists import list_active_rooms
from office.models import Office, Role, Room, User, list_current_appointments
from office.worktime import WorkingTime

PERIOD_DAYS = 14
"""Days whose times are offered together."""

LATER_PERIODS = 12
"""Later periods that are searched while nothing is free."""

VALUE = "%Y-%m-%dT%H:%M"
"""A moment (office's zone) as the forms send it."""

LOCK_NUMBER = 1_004
"""Number of the PostgreSQL advisory lock that reservations of the last place wait for."""

NOT_YET_SCHEDULED = tuple(State)[: tuple(State).index(State.SCHEDULED)]
"""States of a case without a session, whose requested visit time counts instead."""

OTHER_STATES = tuple(state for state in State if state not in NOT_YET_SCHEDULED)
"""States of a case whose requested visit time does not count."""


NO_END = Value(None, DateTimeField())
IN_OFFICE = Value(Session.Mode.OFFICE, CharField())


@dataclass(frozen=True)
class Capacity:
    """Visitors that the office can receive at once, its rooms (None: it has entered none), and who serves."""

    visitors: int
    rooms: int | None = None
    people: frozenset[int] = frozenset()

    def without(self, absent: int) -> int:
        """Return the visitors that the office can receive while some of its people are away."""
        return min(self.visitors, len(self.people) - absent) if absent else self.visitors


NO_CAPACITY = Capacity(0)


@dataclass(frozen=True)
class Availability:
    """The free moments in order, and the length of a visit in minutes.

    `is_full` is true if the office has hours and staff, but every moment is taken. `full_days` are the days
    between the free ones that have working hours, but no free moment. `first_day` is the first that may be
    wished. It is also the `earliest_day` if only the pace or the targets of the office exclude earlier days.
    """

    moments: tuple[dt.datetime, ...]
    working: WorkingTime
    minutes: int
    is_full: bool = False
    earliest_day: dt.date | None = None
    full_days: tuple[dt.date, ...] = ()
    first_day: dt.date | None = None

    @cached_property
    def values(self) -> frozenset[str]:
        """The free moments as a form sends them."""
        return frozenset(f"{timezone.localtime(moment):{VALUE}}" for moment in self.moments)

    def nearest(self, moment: dt.datetime, count: int = 3) -> list[dt.datetime]:
        """Return the free moments closest to another one, in order."""
        return sorted(sorted(self.moments, key=lambda free: abs(free - moment))[:count])


def get_availability(
    case: Case | None = None, *, from_now: bool = False, promised: dt.date | None = None
) -> Availability:
    """Return the free times of the first period that has any.

    The first period begins `Office.visit_lead_days` working days ahead. It begins later if the office needs
    more time until a schedule is set: on the working day after that. The time is the median of the last
    months (`get_pace()`). Without enough cases the office's targets (StateTarget) add up. The period begins
    earlier if an earlier day was `promised`: it was offered to the same applicant before.

    A moment is free if the whole service fits into the working hours, and if the office can take another
    visitor in each of its half hours. If the office has entered rooms, one of them must be free.

    For a `case`, its own visit time and session do not count. If the case has an officer, all people who
    serve it must be free and present too. An officer who schedules chooses `from_now` on, whatever the
    targets allow.
    """
    office, working = Office.load(), WorkingTime.load()
    length = dt.timedelta(minutes=office.service_minutes)
    first: dt.date | None = clock.today()
    if office.visit_lead_days and not from_now:
        first = working.add_days(clock.today(), office.visit_lead_days)
    earliest_day = None if from_now else _get_earliest_day(working, case)
    if first and earliest_day and earliest_day > first:
        first = earliest_day
    else:
        earliest_day = None
    if first and promised and promised < first:
        first = max(promised, clock.today())
        earliest_day = first if earliest_day else None
    capacity = _get_capacity(office) if first else NO_CAPACITY
    if first is None or not capacity.visitors:
        return Availability((), working, office.service_minutes, earliest_day=earliest_day)
    is_full = False
    for period in range(1 + LATER_PERIODS):
        since = first + dt.timedelta(days=PERIOD_DAYS * period)
        possible = [m for m in list_starts(working, since, length) if m > clock.now()]
        if possible:
            taken = _list_full(since, length, capacity, case) | _list_reserved(since, case)
            if free := tuple(m for m in possible if taken.isdisjoint(half_hours_between(m, m + length))):
                full_days = {timezone.localdate(m) for m in possible} - {timezone.localdate(m) for m in free}
                return Availability(
                    free,
                    working,
                    office.service_minutes,
                    earliest_day=earliest_day,
                    full_days=tuple(sorted(full_days)),
                    first_day=first,
                )
            is_full = True
    return Availability((), working, office.service_minutes, is_full)


def get_recent_availability() -> Availability:
    """Return the free times for a new request as they were at most a minute ago.

    They are for pages. Whoever reserves one of them calls `reserve_time()`.
    """
    return _get_availability_of(get_edition())


@lru_cache(maxsize=4)
def _get_availability_of(edition: str) -> Availability:
    return get_availability()


def reserve_time(moment: dt.datetime, case: Case | None, *, field: str) -> None:
    """Within a transaction: reserve a visit time until the caller has stored it.

    Raise Refused, for the form's `field`, if the time has passed or others have taken the last place.
    """
    if moment <= clock.now():
        raise Refused(_("Waktu ini sudah lewat. Pilih waktu yang akan datang."), field=field)
    if connection.vendor == "postgresql":  # two must not take the last place; SQLite has one writer at a time
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_NUMBER])
    office = Office.load()
    length, capacity = dt.timedelta(minutes=office.service_minutes), _get_capacity(office)
    if capacity.visitors and not _list_full(
        timezone.localdate(moment), length, capacity, case, days=2
    ).isdisjoint(half_hours_between(moment, moment + length)):
        raise Refused(_("Waktu ini baru saja terisi. Pilih waktu lain."), field=field)


def _get_earliest_day(working: WorkingTime, case: Case | None) -> dt.date | None:
    """Return the first working day after the usual day of a schedule; None without pace and targets."""
    if case and case.state not in NOT_YET_SCHEDULED:
        return None
    if (pace := get_pace()) is not None:
        return working.add_days(clock.today(), pace + 1)
    last_day = last_day_to_schedule(clock.now(), working)
    return working.add_days(last_day, 1) if last_day else None


def _get_capacity(office: Office) -> Capacity:
    serving = (Role.OFFICER, Role.DIVISION_HEAD)
    people = frozenset(row.user_id for row in list_current_appointments() if row.position.role in serving)
    return Capacity(office.visitors_at_once or len(people), len(list_active_rooms()) or None, people)


def list_starts(working: WorkingTime, first: dt.date, length: dt.timedelta) -> Iterator[dt.datetime]:
    """Yield the full and half hours of a period that leave room for a whole service in a working span."""
    for offset in range(PERIOD_DAYS):
        for opens, closes in working.spans(first + dt.timedelta(days=offset)):
            moment = opens + dt.timedelta(minutes=-opens.minute % 30)
            while moment + length <= closes:
                yield moment
                moment += HALF_HOUR


def _list_full(
    first: dt.date, length: dt.timedelta, capacity: Capacity, case: Case | None, days: int = PERIOD_DAYS
) -> set[dt.datetime]:
    visitors, in_rooms = _count_visitors(first, length, case, days)
    absent = Counter(half for half, _person in _list_absent(first, capacity.people, days))
    full = {half for half in {*visitors, *absent} if visitors[half] >= capacity.without(absent[half])}
    if capacity.rooms:
        full |= {half for half, count in in_rooms.items() if count >= capacity.rooms}
    return full


def _count_visitors(
    first: dt.date, length: dt.timedelta, case: Case | None, days: int
) -> tuple[Counter[dt.datetime], Counter[dt.datetime]]:
    """Count the visitors of each half hour, and those of them who need a room of the office.

    Visitors are sessions, and visit times that are not yet sessions. A visit time needs a room. An applicant
    who asked for another time than the scheduled one counts at both until the officer answers.
    """
    opens = clock.midnight(first)
    period = (opens, opens + dt.timedelta(days=days))
    sessions = Session.objects.filter(starts_at__range=period, cancelled_at=None)
    others = Case.objects.exclude(pk=case.pk) if case else Case.objects.all()
    if case:
        sessions = sessions.exclude(case=case)
    planned = sessions.order_by().values_list("starts_at", "ends_at", "mode")
    # Not a filter by the states that count: for it SQLite uses the index on the state, not on the time.
    waiting = others.exclude(state__in=OTHER_STATES).order_by()
    wished = waiting.filter(visit_at__range=period).values_list("visit_at", NO_END, IN_OFFICE)
    asked = others.filter(other_time__range=period).order_by().values_list("other_time", NO_END, IN_OFFICE)
    visits = planned.annotate(Count("pk")).union(
        wished.annotate(Count("pk")), asked.annotate(Count("pk")), all=True
    )
    visitors: Counter[dt.datetime] = Counter()
    in_rooms: Counter[dt.datetime] = Counter()
    for start, end, mode, number in visits:
        for half in half_hours_between(start, end or start + length):
            visitors[half] += number
            if mode == Session.Mode.OFFICE:
                in_rooms[half] += number
    return visitors, in_rooms


def _list_reserved(first: dt.date, case: Case | None) -> set[dt.datetime]:
    if case is None or case.officer_id is None:
        return set()
    people = [case.officer_id, *(person.pk for person in case.list_companions())]
    days = (first, first + dt.timedelta(days=PERIOD_DAYS))
    slots = Slot.objects.filter(user__in=people, day__range=days).exclude(session__case=case)
    numbers = slots.values_list("day", "half_hour")
    reserved = {clock.midnight(day) + half * HALF_HOUR for day, half in numbers}
    return reserved | {half for half, _person in _list_absent(first, people)}


def _list_absent(
    first: dt.date, people: Iterable[int], days: int = PERIOD_DAYS
) -> set[tuple[dt.datetime, int]]:
    """Return the absences of the people in a period, as pairs of a half hour and a person's key."""
    opens = clock.midnight(first)
    closes = opens + dt.timedelta(days=days)
    return {
        (half, absence.person_id)
        for absence in Absence.objects.between(opens, closes).filter(person__in=people)
        for half in half_hours_between(
            timezone.localtime(max(absence.starts_at, opens)), min(absence.until, closes)
        )
    }


DAYS_SHOWN = 21


@dataclass
class BusyTime:
    """Adjacent half hours of one holder's day, numbered from midnight; `end` is free again."""

    holder: User | Room | None
    day: dt.date
    first: int
    end: int

    @property
    def hours(self) -> str:
        """Start and end in the office's zone."""
        return "–".join(f"{half // 2:02}.{half % 2 * 30:02}" for half in (self.first, self.end))


def list_busy_times(slots: QuerySet[Slot], *, excluding: Session | None = None) -> list[BusyTime]:
    """Return when the holders of `slots` have a session in the next three weeks, by day and hour."""
    today = clock.today()
    slots = slots.filter(day__range=(today, today + dt.timedelta(days=DAYS_SHOWN)))
    if excluding:
        slots = slots.exclude(session=excluding)
    times: list[BusyTime] = []
    for slot in slots.select_related("user", "room").order_by("day", "user", "room", "half_hour"):
        last = times[-1] if times else None
        if last and (last.holder, last.day, last.end) == (slot.holder, slot.day, slot.half_hour):
            last.end += 1
        else:
            times.append(BusyTime(slot.holder, slot.day, slot.half_hour, slot.half_hour + 1))
    return sorted(times, key=lambda time: (time.day, time.first))
