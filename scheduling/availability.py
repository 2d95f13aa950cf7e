"""Free times (waktu kosong): at which half hours of the coming weeks the office can receive a visitor."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.enums import UP_TO_SCHEDULE, State
from consultations.models import Case, StateTarget
from consultations.workflow import Refused
from office import clock
from office.models import Appointment, Office, Role
from office.worktime import WorkingTime
from scheduling.models import HALF_HOUR, Session, Slot

DAYS_AHEAD = 14
LATER_PERIODS = 12
"""How many more times two weeks are looked at while there is nothing free."""

QUEUE = 1_004
"""The number of the lock behind which those who take a place queue (PostgreSQL)."""

WISHING = tuple(State)[: tuple(State).index(State.SCHEDULED)]
"""The states in which a wished visit (waktu kunjungan) has not become a session yet."""


@dataclass(frozen=True)
class FreeTimes:
    """The moments that are free, in order. Where there are none, `is_full` tells an office that is full from
    one that has entered no hours or no staff.

    `scheduled_by` is the first day that may be wished, where the office's targets and nothing else say so.
    """

    moments: tuple[dt.datetime, ...]
    working: WorkingTime
    minutes: int
    is_full: bool = False
    scheduled_by: dt.date | None = None

    def nearest(self, moment: dt.datetime, count: int = 3) -> list[dt.datetime]:
        """The free moments closest to another one, in order."""
        return sorted(sorted(self.moments, key=lambda free: abs(free - moment))[:count])


def free_times(case: Case | None = None) -> FreeTimes:
    """The free times of the two weeks that begin `Office.visit_lead_days` working days ahead.

    They begin later where by its targets (StateTarget) the office needs longer to set a schedule.
    While there are none, of the two weeks after them, and so on for half a year. A time is free when the
    whole service fits into the hours then, and fewer visitors are expected in each of its half hours than
    the office can receive at once. For a `case` its own wish and session do not count, and where it has an
    officer, all the people who serve it are free too.
    """
    office, working = Office.load(), WorkingTime.load()
    length = dt.timedelta(minutes=office.service_minutes)
    first: dt.date | None = clock.today()
    if office.visit_lead_days:
        first = working.add_days(clock.today(), office.visit_lead_days)
    room = _room(office) if first else 0
    if first is None or not room:
        return FreeTimes((), working, office.service_minutes)
    scheduled_by = _scheduled_by(working, case)
    if scheduled_by and scheduled_by > first:
        first = scheduled_by
    else:
        scheduled_by = None
    is_full = False
    for period in range(1 + LATER_PERIODS):
        since = first + dt.timedelta(days=DAYS_AHEAD * period)
        possible = [m for m in _starts(working, since, length) if m > clock.now()]
        if possible:
            taken = _full(since, length, room, case) | _own_sessions(since, case)
            if free := tuple(m for m in possible if taken.isdisjoint(_half_hours(m, m + length))):
                return FreeTimes(free, working, office.service_minutes, scheduled_by=scheduled_by)
            is_full = True
    return FreeTimes((), working, office.service_minutes, is_full)


def queue_for_places() -> None:
    """Within a transaction: let those who take a place queue, so that two cannot take the last one.

    SQLite has one writer at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [QUEUE])


def take_place(moment: dt.datetime, case: Case | None, *, field: str) -> None:
    """Within a transaction: hold a wished time to the places that are left, until the wish is stored.

    Raises Refused, for the form's `field`, where others have taken the last place meanwhile.
    """
    queue_for_places()
    office = Office.load()
    length, room = dt.timedelta(minutes=office.service_minutes), _room(office)
    if room and not _full(timezone.localdate(moment), length, room, case).isdisjoint(
        _half_hours(moment, moment + length)
    ):
        raise Refused(_("Waktu ini baru saja terisi. Pilih waktu lain."), field=field)


def _scheduled_by(working: WorkingTime, case: Case | None) -> dt.date | None:
    """The day by which what is sent now may be expected to be scheduled, by those targets that there are.

    None where there are none, and for a case that is scheduled already.
    """
    if case and case.state not in WISHING:
        return None
    targets = StateTarget.objects.filter(state__in=UP_TO_SCHEDULE)
    hours = targets.aggregate(hours=Sum("hours"))["hours"] or 0
    moment = working.add_minutes(clock.now(), hours * 60) if hours else None
    return timezone.localdate(moment) if moment else None


def _room(office: Office) -> int:
    """How many visitors the office can receive at once."""
    return office.visitors_at_once or _people_who_serve()


def _full(first: dt.date, length: dt.timedelta, room: int, case: Case | None) -> set[dt.datetime]:
    """The half hours of two weeks in which no more visitors can be received."""
    return {half for half, visitors in _expected(first, length, case).items() if visitors >= room}


def _people_who_serve() -> int:
    serving = Appointment.objects.current().filter(position__role__in=[Role.OFFICER, Role.DIVISION_HEAD])
    return serving.order_by().values("user").distinct().count()


def _starts(working: WorkingTime, first: dt.date, length: dt.timedelta) -> Iterator[dt.datetime]:
    """The full and half hours at which the whole service fits into a working span."""
    for offset in range(DAYS_AHEAD):
        for opens, closes in working.spans(first + dt.timedelta(days=offset)):
            moment = opens + dt.timedelta(minutes=-opens.minute % 30)
            while moment + length <= closes:
                yield moment
                moment += HALF_HOUR


def _expected(first: dt.date, length: dt.timedelta, case: Case | None) -> Counter[dt.datetime]:
    """How many visitors are expected in each half hour: sessions, and wishes that are not yet sessions.

    Who asked for another time than the scheduled one may come at either, until the officer answers.
    """
    opens = dt.datetime.combine(first, dt.time.min, timezone.get_default_timezone())
    period = (opens, opens + dt.timedelta(days=DAYS_AHEAD))
    sessions = Session.objects.filter(starts_at__range=period, cancelled_at=None)
    others = Case.objects.exclude(pk=case.pk) if case else Case.objects.all()
    if case:
        sessions = sessions.exclude(case=case)
    planned = sessions.values_list("starts_at", "ends_at")
    # The states are told apart here: asked for in the query, SQLite would start from them, not from the time.
    wished = others.filter(visit_at__range=period).order_by().values_list("visit_at", "state")
    asked = others.filter(other_time__range=period).order_by().values_list("other_time", flat=True)
    visits = [(start, end) for start, end in planned if start and end]
    visits += [(moment, moment + length) for moment, state in wished if moment and state in WISHING]
    visits += [(moment, moment + length) for moment in asked if moment]
    return Counter(half for start, end in visits for half in _half_hours(start, end))


def _own_sessions(first: dt.date, case: Case | None) -> set[dt.datetime]:
    """The half hours that the people who serve a case have given to other sessions."""
    if case is None or case.officer_id is None:
        return set()
    people = [case.officer_id, *case.companions.values_list("pk", flat=True)]
    days = (first, first + dt.timedelta(days=DAYS_AHEAD))
    slots = Slot.objects.filter(user__in=people, day__range=days).exclude(session=case.session_id)
    zone = timezone.get_default_timezone()
    return {
        dt.datetime.combine(day, dt.time(half // 2, half % 2 * 30), zone)
        for day, half in slots.values_list("day", "half_hour")
    }


def _half_hours(start: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
    """The beginnings of the half hours that a time touches."""
    moment = start.replace(minute=start.minute // 30 * 30, second=0, microsecond=0)
    while moment < end:
        yield moment
        moment += HALF_HOUR
