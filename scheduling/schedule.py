"""What an applicant is told of the schedule (Jadwal): the consultation ahead, and what was said of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.models import Case, Event
from scheduling.models import Session

TOLD: dict[str, Promise] = {
    "schedule": _("Pesan petugas"),
    "reschedule": _("Mengapa jadwal diubah"),
    "keep_time": _("Mengapa jadwal tetap"),
}
"""The steps whose note is written for the applicant, and what the note says."""

OUTDATED: dict[str, tuple[str, ...]] = {
    "schedule": tuple(TOLD),
    "reschedule": ("keep_time",),
    "ask_time": ("keep_time",),
}
"""Which earlier notes a step makes void."""


@dataclass(frozen=True)
class Remark:
    """A note on the schedule under its heading."""

    label: Promise
    text: str


def session_ahead(case: Case) -> Session | None:
    """The consultation that is planned and not yet over; None where there is none."""
    session = case.session
    if session is None or session.starts_at is None or session.cancelled_at or session.finished_at:
        return None
    return session


def remarks(history: Iterable[Event]) -> list[Remark]:
    """What officers have said of the present schedule; `history` is all events in their order."""
    said: dict[str, str] = {}
    for event in history:
        for outdated in OUTDATED.get(event.verb, ()):
            said.pop(outdated, None)
        if event.verb in TOLD and event.note:
            said[event.verb] = event.note
    return [Remark(TOLD[verb], note) for verb, note in said.items()]


def wish(history: Iterable[Event]) -> str:
    """Why the applicant has asked for another time; the last of such reasons, empty where there is none."""
    return next((event.note for event in reversed([*history]) if event.verb == "ask_time"), "")
