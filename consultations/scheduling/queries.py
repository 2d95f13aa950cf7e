"""Read the sessions of cases, what officer and applicant wrote about the schedule, and collisions.

A collision is a session that is planned while the office is closed or its officer is away.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from consultations.enums import State
from consultations.models import Case, Event
from consultations.scheduling.models import Absence, Session, Slot
from kit import clock
from kit.pagination import only
from office.worktime import WorkingTime

WITH_SESSION = tuple(State)[tuple(State).index(State.SCHEDULED) : tuple(State).index(State.EXAMINING)]
WITH_SESSION += (State.CLOSED,)
"""States of a case with a current session, as the services of the steps ensure."""

NOTES_TO_APPLICANT: dict[str, Promise] = {
    "schedule": _("Pesan petugas"),
    "reschedule": _("Mengapa jadwal diubah"),
    "keep_time": _("Mengapa jadwal tetap"),
}
"""Heading for the note of each step that writes to the applicant."""

SUPERSEDED_NOTES: dict[str, tuple[str, ...]] = {
    "schedule": tuple(NOTES_TO_APPLICANT),
    "reschedule": ("keep_time",),
    "ask_time": ("keep_time",),
}
"""Steps whose earlier notes are no longer shown after a step."""


@dataclass(frozen=True)
class Remark:
    """A note on the schedule and its heading."""

    label: Promise
    text: str


def current_session(case: Case) -> Session | None:
    """Return the one session of a case that is not cancelled: planned, running or held.

    The sessions of the case are queried once per instance, and not at all in a state without a session.
    """
    if case.state not in WITH_SESSION:
        return None
    prefetch_related_objects([case], "sessions")
    return _find_current(case.sessions.all())


def _find_current(sessions: Iterable[Session]) -> Session | None:
    return next((session for session in sessions if session.cancelled_at is None), None)


def upcoming_session(case: Case, sessions: Iterable[Session] | None = None) -> Session | None:
    """Return the current session if it has a planned time and is not over. `sessions` are all of the case."""
    if case.state not in (State.SCHEDULED, State.IN_SESSION):
        return None
    known = current_session(case) if sessions is None else _find_current(sessions)
    return known if known and known.starts_at else None


def list_held(cases: Iterable[int]) -> dict[int, Session]:
    """Return the consultation of each case that has one, by the key of the case, with its real times.

    Answers in writing are left out: their minutes are optional, and the promise does not apply to them.
    """
    held = Session.objects.filter(case__in=cases, cancelled_at=None).exclude(mode=Session.Mode.WRITTEN)
    columns = ("case", "started_at", "finished_at", "overrun_reason")
    return {session.case_id: session for session in held.only(*columns)}


def service_minutes(cases: Iterable[int]) -> dict[int, int | None]:
    """Return the real minutes of service of each case with a consultation, by the key of the case."""
    return {case: session.minutes for case, session in list_held(cases).items()}


def list_running_sessions() -> dict[int, dt.date]:
    """Return the day on which the newest unfinished consultation of each officer began, by the officer's key.

    One that began before today is not running: its officer has not closed it.
    """
    running = Session.objects.filter(started_at__isnull=False, finished_at__isnull=True)
    begun = running.order_by("started_at").values_list("officer", "started_at")
    return {officer: timezone.localdate(started_at) for officer, started_at in begun}


def list_remarks(history: Iterable[Event]) -> list[Remark]:
    """Return the officers' notes on the present schedule; `history` is all events in their order."""
    notes: dict[str, str] = {}
    for event in history:
        for superseded in SUPERSEDED_NOTES.get(event.verb, ()):
            notes.pop(superseded, None)
        if event.verb in NOTES_TO_APPLICANT and event.note:
            notes[event.verb] = event.note
    return [Remark(NOTES_TO_APPLICANT[verb], note) for verb, note in notes.items()]


def latest_time_request(history: Iterable[Event]) -> str:
    """Return why the applicant last asked for another time, or an empty string."""
    return next((event.note for event in reversed([*history]) if event.verb == "ask_time"), "")


SHOWN = (
    "starts_at",
    "ends_at",
    "mode",
    "outside_hours",
    "case__code",
    "case__subject",
    "case__division",
    "case__complained_about",
    "case__is_independent",
    "case__merged_into",
    "officer__name",
    "officer__email",
)
MAX_NAMED = 20
"""Collisions that are listed for the administrator."""


def explain_closed(session: Session, working: WorkingTime) -> str:
    """Return why the office is closed at the planned time of a session, or an empty string.

    A holiday closes it for every session. Opening hours matter for meetings at the office only. An officer
    may plan an online meeting in the evening, and knowingly any session on a closed day (`outside_hours`).
    """
    if session.starts_at is None or session.ends_at is None or session.outside_hours:
        return ""
    holiday = working.get_holiday(timezone.localdate(session.starts_at))
    if holiday is not None:
        return holiday
    is_outside = working.hours and not working.includes(session.starts_at, session.ends_at)
    return gettext("di luar jam layanan") if is_outside and session.is_at_office else ""


def explain_absent(session: Session, absences: Mapping[int, Sequence[Absence]]) -> str:
    """Return reason and end of the officer's absence at the planned time, or an empty string.

    `absences` are those of each person, by key.
    """
    if session.starts_at is None or session.ends_at is None:
        return ""
    away = absences.get(session.officer_id, ())
    return next((one.summary for one in away if one.touches(session.starts_at, session.ends_at)), "")


def list_collisions() -> list[Session]:
    """Return the planned sessions for which the office is closed, the soonest first."""
    working = WorkingTime.load()
    return [session for session in _list_planned() if explain_closed(session, working)]


def list_sessions_without_officer() -> list[Session]:
    """Return the planned sessions whose officer is away, the soonest first."""
    absences = Absence.objects.upcoming().by_person()
    return [session for session in _list_planned() if explain_absent(session, absences)] if absences else []


def list_sessions_during(absence: Absence) -> list[Session]:
    """Return the planned sessions of a person during an absence, as officer or companion."""
    days = (absence.first_day, absence.last_day)
    slots = Slot.objects.filter(user=absence.person_id, day__range=days)
    planned = Session.objects.filter(pk__in=slots.values("session"), started_at=None, cancelled_at=None)
    found = planned.filter(ends_at__gt=clock.now()).select_related("officer", "room")
    return [
        session
        for session in found.order_by("starts_at", "pk")
        if session.starts_at and session.ends_at and absence.touches(session.starts_at, session.ends_at)
    ]


def _list_planned() -> Iterable[Session]:
    planned = Session.objects.filter(starts_at__gt=clock.now(), started_at=None, cancelled_at=None)
    return only(planned, SHOWN).order_by("starts_at", "pk")


def describe_collisions() -> str:
    """Return a sentence with codes and times of all collisions, or an empty string if there are none.

    It names no applicant and no matter: administrators see no cases.
    """
    found = list_collisions()
    if not found:
        return ""
    named = [
        f"{session.case.code} ({clock.format_moment(session.starts_at)})"
        for session in found[:MAX_NAMED]
        if session.starts_at
    ]
    if (more := len(found) - len(named)) > 0:
        named.append(gettext("dan %(more)s lainnya") % {"more": more})
    sentence = gettext(
        "%(count)s konsultasi terjadwal pada waktu kantor tutup: %(sessions)s. Petugasnya diberi tahu untuk "
        "menjadwalkan ulang."
    )
    return sentence % {"count": len(found), "sessions": "; ".join(named)}
