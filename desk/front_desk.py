"""The front desk (Meja depan) of the Sekretariat: who waits and for whom, today's guests, tomorrow's."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from consultations.enums import Channel, State
from consultations.models import Case
from consultations.models.case import NOT_IN_ROWS
from consultations.parties import excluding_complaints_about
from consultations.queries import with_people
from consultations.scheduling.arrivals import get_closing, note_arrival
from consultations.scheduling.models import Absence, Session
from desk.waiting import in_words
from dispositions.serving import list_serving_appointments
from dispositions.workload import Load, list_loads
from kit import clock
from kit.form_view import handle_button
from office.models import User
from office.rights import RECEIVE_GUESTS, StaffRequest, requires

MAX_GUESTS = 100
"""Guests that are read, of today and tomorrow together."""

DONE = {
    "": _("Kedatangan %(name)s dikosongkan."),
    Session.Arrival.CAME: _("%(name)s datang. Petugasnya melihat ini di mejanya."),
    Session.Arrival.LATE: _("%(name)s datang terlambat. Petugasnya melihat ini di mejanya."),
    Session.Arrival.ABSENT: _("%(name)s tidak hadir. Petugasnya memutuskan jadwal barunya."),
}
"""Sentence of the page after each button."""

MAX_OFFICERS = 12
"""People in the list of the officers who are free next."""

FREE, BUSY, AWAY = _("kosong sekarang"), _("sedang konsultasi"), _("berhalangan")
FREE_AT = _("kosong %(time)s")


@dataclass(frozen=True)
class Waiting:
    """A guest who has come and is not served yet. `officer_is` says if, or from when, the officer is free."""

    case: Case
    since: dt.datetime
    officer_is: Promise | str
    session: Session | None = None

    @property
    def words(self) -> str:
        return in_words(clock.now() - self.since)


@dataclass(frozen=True)
class FrontDesk:
    waiting: Sequence[Waiting]
    today: Sequence[Session]
    tomorrow: Sequence[Session]
    closing: dt.datetime

    @property
    def is_open(self) -> bool:
        """Whether arrivals of all guests of today can still be noted."""
        return clock.now() <= self.closing

    @property
    def next(self) -> Session | None:
        """The next guest who is expected."""
        now = clock.now()
        expected = (one for one in self.today if not one.arrival and not one.started_at)
        return next((one for one in expected if one.ends_at and one.ends_at > now), None)


def get_front_desk(user: User, loads: Mapping[int, Load] | None = None) -> FrontDesk | None:
    """Return the guests of the office. Return None to a user who receives no guests.

    Guests are walk-ins, and applicants with a session at the office. Nobody sees the guest of a complaint
    about oneself. `loads` are the people who serve. Costs two queries, and those of `list_loads()` if
    somebody waits and `loads` is None.
    """
    if not RECEIVE_GUESTS.is_held_by(user):
        return None
    today, tomorrow = clock.today(), clock.today() + dt.timedelta(days=1)
    visible = excluding_complaints_about(user, "case__")
    begins, ends = clock.midnight(today), clock.midnight(tomorrow + dt.timedelta(days=1))
    planned = Q(starts_at__gte=begins, starts_at__lt=ends)
    of_walk_ins = Q(starts_at=None, started_at__gte=begins, started_at__lt=ends)
    sessions = Session.objects.filter(planned | of_walk_ins, visible, mode=Session.Mode.OFFICE)
    current = sessions.filter(cancelled_at=None).select_related("case", "room")
    shown = current.defer(*(f"case__{column}" for column in NOT_IN_ROWS)).annotate(**_get_officer())
    guests = with_people(shown.order_by(Coalesce("starts_at", "started_at"), "pk")[:MAX_GUESTS])
    came = {"channel": Channel.WALK_IN, "state": State.ASSIGNED, "since__gte": clock.midnight(today)}
    walk_ins = Case.objects.visible_to(user).as_rows().filter(**came).annotate(**_get_officer())
    queue = with_people(walk_ins.order_by("since", "pk")[:MAX_GUESTS])
    by_day = {day: [one for one in guests if _get_day(one) == day] for day in (today, tomorrow)}
    waiting = _list_waiting(queue, [one for one in by_day[today] if one.is_awaiting], loads)
    guests_today = sorted(by_day[today], key=lambda one: one.started_at is not None)
    return FrontDesk(waiting, guests_today, by_day[tomorrow], get_closing(today))


def _get_day(session: Session) -> dt.date | None:
    begins = session.starts_at or session.started_at
    return timezone.localdate(begins) if begins else None


def _get_officer() -> dict[str, Exists]:
    """Return annotations: if the officer of a row is away, or in a consultation."""
    begun = {"started_at__gte": clock.midnight(clock.today()), "finished_at": None}
    running = Session.objects.filter(officer=OuterRef("officer"), **begun)
    away = Absence.objects.now().filter(person=OuterRef("officer"))
    return {"is_away": Exists(away), "is_busy": Exists(running)}


def _list_waiting(
    walk_ins: Sequence[Any], guests: Sequence[Any], loads: Mapping[int, Load] | None
) -> list[Waiting]:
    """Return who waits, the longest first. The rows have the annotations of `_get_officer()`."""
    if not (walk_ins or guests):
        return []
    by_person = get_loads() if loads is None else loads
    found = [Waiting(case, case.since, _describe_officer(case, by_person)) for case in walk_ins]
    found += [
        Waiting(one.case, one.arrived_at, _describe_officer(one, by_person, one), one) for one in guests
    ]
    return sorted(found, key=lambda one: one.since)


def _describe_officer(row: Any, loads: Mapping[int, Load], session: Any = None) -> Promise | str:
    """Return whether the officer of a row is free, or from when. In `session`, free for its guest."""
    now = clock.now()
    if row.is_away or row.is_busy:
        return AWAY if row.is_away else BUSY
    load = loads.get(row.officer_id)
    is_own_time = session and session.starts_at and session.starts_at <= now < session.ends_at
    if is_own_time or (load and load.is_free_now):
        return FREE
    if load is None or load.free_at is None:
        return ""
    local = timezone.localtime(load.free_at)
    day = "" if load.is_free_today else f"{date_format(local, 'D j M')}, "
    return FREE_AT % {"time": day + date_format(local, "TIME_FORMAT")}


def get_loads() -> dict[int, Load]:
    """Return the people who serve. Costs as many queries as `list_loads()`."""
    return {load.appointment.user_id: load for load in list_loads(list_serving_appointments())}


def list_next_free(loads: Mapping[int, Load]) -> list[Load]:
    """Return the people who serve, those who are free first, and those who are away last.

    They are free as the form of `assign` says.
    """
    never = clock.now() + dt.timedelta(days=365)

    def order(load: Load) -> tuple[object, ...]:
        return (bool(load.absence), not load.is_free_now, load.free_at or never, load.appointment.user.name)

    return sorted(loads.values(), key=order)[:MAX_OFFICERS]


@require_safe
@requires(RECEIVE_GUESTS)
def front_desk(request: StaffRequest) -> HttpResponse:
    loads = get_loads()
    context: dict[str, Any] = {
        "front_desk": get_front_desk(request.user, loads),
        "next_free": list_next_free(loads),
        "now": clock.now(),
    }
    return render(request, "desk/front_desk.html", context)


@require_POST
@requires(RECEIVE_GUESTS)
def arrival(request: StaffRequest, pk: int) -> HttpResponse:
    """Note if a guest came (`arrival`, empty: not known yet). Return to the page of the button."""
    noted = request.POST.get("arrival", "")
    if noted not in ("", *Session.Arrival.values):
        raise Http404
    visible = Session.objects.filter(excluding_complaints_about(request.user, "case__"))
    session = get_object_or_404(visible.select_related("case"), pk=pk)
    sentence = DONE[noted] % {"name": session.case.applicant_name or session.case.subject}
    page = "desk" if request.POST.get("page") == "desk" else "front_desk"
    return handle_button(
        request, lambda: note_arrival(session, by=request.user, arrival=noted), sentence, page
    )
