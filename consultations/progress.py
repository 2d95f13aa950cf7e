"""Progress of one case through the nine steps of the standard."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import STANDARD, Party, State
from consultations.models import Case, Event
from consultations.workflow import STEPS, TURN, VERBS, Step

INSTEAD = ("answer", "dispose_for", "assign_for")
"""Steps off the main path that take the place of one on it."""

RATIFIED = {"ratify": 3, "ratify_assignment": 4}
"""Step of the standard that was entered for an official, by the verb with which it becomes the official's."""


SHORT_TITLES: dict[int, Promise] = {
    1: _("Masuk"),
    2: _("Agenda"),
    3: _("Disposisi"),
    4: _("Tugas"),
    5: _("Persiapan"),
    6: _("Jadwal"),
    7: _("Konsultasi"),
    8: _("Mendesak"),
    9: _("Laporan"),
}
"""Names of the steps of the standard in a word, for a row of nine."""


EXAMINED = _("Pengawas memeriksa pengaduan")
"""Second stage of a complaint in the independent channel."""


@dataclass(frozen=True)
class Stage:
    """One of the nine steps, or of the two of the independent channel.

    `status` is done, current, ahead or skipped (not part of this case).
    `by` is a position, never a name: of the user who took the step or has the turn.
    """

    number: int
    title: Promise | str
    status: str
    by: str = ""
    done_at: dt.datetime | None = None

    @property
    def short(self) -> Promise:
        return SHORT_TITLES[self.number]


def progress(case: Case, history: Iterable[Event]) -> list[Stage]:
    """Return the nine stages of a case. `history` contains all of its events.

    A complaint in the independent channel has two stages.
    """
    events = sorted(history, key=lambda event: event.pk)
    if case.is_independent:
        return _list_independent(case, events)
    taken = {event.number: event for event in events if event.verb in INSTEAD or not _row(event).off_path}
    for event in events:
        if RATIFIED.get(event.verb) in taken:
            taken[RATIFIED[event.verb]] = event
    skipped = _skipped(case, taken)
    reached = _reached(case, events, skipped)
    return [_stage(number, case, taken, skipped, reached) for number in STANDARD]


def _list_independent(case: Case, events: list[Event]) -> list[Stage]:
    sent, last = events[0], events[-1]
    by = sent.acted_as if sent.by_id else str(case.wording.applicant)
    first = Stage(1, case.wording.speak(STANDARD[1]), "done", by=by, done_at=sent.happened_at)
    if case.is_open:
        return [first, Stage(2, EXAMINED, "current", by=str(Party.SUPERVISOR.label))]
    if case.state == State.CLOSED:
        return [first, Stage(2, EXAMINED, "done", by=last.acted_as, done_at=last.happened_at)]
    return [first, Stage(2, EXAMINED, "skipped")]


def ending(case: Case, history: Iterable[Event]) -> Event | None:
    """Return the event that ended a case early (declined, withdrawn, lapsed), or None."""
    if case.is_open or case.state == State.CLOSED:
        return None
    return max((event for event in history if event.source != event.target), key=lambda event: event.pk)


def _row(event: Event) -> Step:
    return STEPS[event.verb, State(event.source) if event.source else None]


def _skipped(case: Case, taken: dict[int, Event]) -> set[int]:
    """Return the steps that are not part of this case.

    Step 8 is for urgent walk-ins. Those skip steps 5 and 6, unless the officer prepared one. An answer in
    writing needs no schedule.
    """
    unscheduled = {6} if 7 in taken and taken[7].verb == "answer" else set()
    if not case.is_walk_in:
        return {8} | unscheduled
    return unscheduled if 5 in taken else {5, 6}


def _reached(case: Case, events: list[Event], skipped: set[int]) -> int:
    """Return the step that the case waits for, or waited for when it ended early; 10 if all are done."""
    state = State(case.state)
    if state == State.CLOSED:
        return max(STANDARD) + 1
    moves = [event for event in events if event.source != event.target]
    waits = TURN.get(state) or TURN[State(moves[-1].source)]
    return next(number for number in STANDARD if number >= waits.number and number not in skipped)


def _stage(number: int, case: Case, taken: dict[int, Event], skipped: set[int], reached: int) -> Stage:
    title = case.wording.speak(STANDARD[number])
    if number in skipped:
        return Stage(number, title, "skipped")
    if number < reached or number == 8:
        # Step 8 replaces all steps before the consultation of an urgent walk-in.
        event = taken.get(number) or taken[8]
        title = case.wording.speak(VERBS[event.verb].done) if event.verb in INSTEAD else title
        by = event.acted_as if event.by_id else str(case.wording.applicant)
        return Stage(number, title, "done", by=by, done_at=event.happened_at)
    if not case.is_open:
        return Stage(number, title, "skipped")
    if number > reached:
        return Stage(number, title, "ahead")
    party = Party(str(case.turn))  # an open case has one
    waits_for = case.wording.applicant if party == Party.APPLICANT else party.label
    return Stage(number, title, "current", by=str(waits_for))
