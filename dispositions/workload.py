"""The people who may serve a case, with their cases, sessions, free time and absence."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from consultations.enums import Party
from consultations.models import Case
from consultations.workflow import TURN
from office import clock
from office.models import Appointment
from office.worktime import WorkingTime
from scheduling.half_hours import HALF_HOUR
from scheduling.models import Absence, Slot
from scheduling.queries import list_officers_in_session

DAYS_SEARCHED = 14
"""Number of days to search for the next free half hour."""

IN_HAND = [state for state, step in TURN.items() if step.actor == Party.OFFICER]
"""States that wait for the officer of a case."""


@dataclass(frozen=True)
class Load:
    """A person in one position: open cases and how many are late, sessions of the week, next free half hour.

    `absence` says until when the person is away now, or is an empty string.
    """

    appointment: Appointment
    open: int
    late: int
    sessions: int
    free_at: dt.datetime | None
    absence: str
    in_session: bool

    @property
    def is_free_today(self) -> bool:
        return self.free_at is not None and timezone.localdate(self.free_at) == clock.today()


def list_loads(appointments: Iterable[Appointment]) -> list[Load]:
    """Return the people by division: first those who are present, and among them the least busy.

    `appointments` have user, position and division loaded. Seven queries for any number of people.
    """
    held = list(appointments)
    people = {one.user_id for one in held}
    cases, reserved = _count_cases(people), _list_reserved(people)
    opens = clock.now()
    closes = clock.midnight(clock.today() + dt.timedelta(days=DAYS_SEARCHED))
    absences = Absence.objects.between(opens, closes).filter(person__in=people).by_person()
    in_session, halves = list_officers_in_session(), list(_list_half_hours())
    sunday = clock.today() + dt.timedelta(days=6 - clock.today().weekday())

    def load(one: Appointment) -> Load:
        slots, away = reserved.get(one.user_id, {}), absences.get(one.user_id, [])
        free = (
            half
            for half in halves
            if half not in slots and not any(absence.touches(half, half + HALF_HOUR) for absence in away)
        )
        open_cases, late = cases.get(one.user_id, (0, 0))
        return Load(
            appointment=one,
            open=open_cases,
            late=late,
            sessions=len({s for half, s in slots.items() if half.date() <= sunday}),
            free_at=next(free, None),
            absence=next((absence.summary for absence in away if absence.has_begun), ""),
            in_session=one.user_id in in_session,
        )

    return sorted(map(load, held), key=_by_load)


def _by_load(load: Load) -> tuple[object, ...]:
    division = load.appointment.position.division
    name = (division is None, str(division or ""))
    return (name, bool(load.absence), load.open, load.sessions, load.appointment.user.name)


def _count_cases(people: set[int]) -> dict[int, tuple[int, int]]:
    """Return the cases in hand of each person, and how many of them are late."""
    cases = Case.objects.filter(officer__in=people, state__in=IN_HAND).order_by()
    late = Count("pk", filter=Q(due_at__lt=clock.now()))
    counted = cases.values("officer").annotate(open=Count("pk"), late=late)
    return {row["officer"]: (row["open"], row["late"]) for row in counted}


def _list_reserved(people: set[int]) -> dict[int, dict[dt.datetime, int]]:
    """Return the reserved half hours of each person, with the key of the session."""
    days = (clock.today(), clock.today() + dt.timedelta(days=DAYS_SEARCHED))
    slots = Slot.objects.filter(user__in=people, day__range=days)
    found: dict[int, dict[dt.datetime, int]] = defaultdict(dict)
    for user, day, half, session in slots.values_list("user", "day", "half_hour", "session"):
        found[user][clock.midnight(day) + half * HALF_HOUR] = session
    return found


def _list_half_hours() -> Iterator[dt.datetime]:
    """Yield the half hours of the coming working time."""
    working = WorkingTime.load()
    for offset in range(DAYS_SEARCHED):
        for opens, closes in working.spans(clock.today() + dt.timedelta(days=offset)):
            moment = opens
            while moment + HALF_HOUR <= closes:
                if moment >= clock.now():
                    yield moment
                moment += HALF_HOUR
