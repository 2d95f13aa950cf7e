"""Read the consultation sessions of cases, and what officer and applicant wrote about the schedule."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import State
from consultations.models import Case, Event
from consultations.scheduling.models import Session

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


def service_minutes(cases: Iterable[int]) -> dict[int, int | None]:
    """Return the real minutes of service of each case with a consultation, by the key of the case.

    Answers in writing are left out: their minutes are optional, and the promise does not apply to them.
    """
    held = Session.objects.filter(case__in=cases, cancelled_at=None).exclude(mode=Session.Mode.WRITTEN)
    return {session.case_id: session.minutes for session in held.only("case", "started_at", "finished_at")}


def list_officers_in_session() -> set[int]:
    """Return the keys of the officers whose consultation is running now."""
    running = Session.objects.filter(started_at__isnull=False, finished_at__isnull=True)
    return set(running.values_list("officer", flat=True))


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
