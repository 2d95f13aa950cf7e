"""Progress of one case through the stages of the table, shown as the published steps of the office."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from consultations.enums import Party, State
from consultations.models import Case, Event
from consultations.parties import get_present_turn
from consultations.workflow import STEPS, TURN, VERBS, Step
from office.lists import list_published_steps
from office.models import StandardStep
from office.models.publication import STAGES

INSTEAD = ("answer", "dispose_for", "assign_for")
"""Steps off the main path that take the place of one on it."""

RATIFIED = {"ratify": 3, "ratify_assignment": 4}
"""Stage that was entered for an official, by the verb with which it becomes the official's."""

EXAMINED = _("Pengawas memeriksa pengaduan")
"""Second stage of a complaint in the independent channel."""


@dataclass(frozen=True)
class Stage:
    """One stage, or one published step, or one of the two stages of the independent channel.

    `status` is done, current, ahead, skipped (not part of this case) or unreached (the case ended before it).
    It is empty for a published step that is tied to no stage. `by` is a position, never a name: of the user
    who took the step or has the turn. `now` says with whom the current stage is, or what it waits for.
    `replaced` is the title of the step that took the place of the usual one. `language` is that of a title
    that the office wrote.
    """

    number: int
    title: Promise | str
    status: str
    by: str = ""
    now: Promise | str = ""
    done_at: dt.datetime | None = None
    replaced: Promise | str = ""
    language: str = ""


def progress(case: Case, history: Iterable[Event]) -> list[Stage]:
    """Return the published steps with the progress of a case. `history` contains all of its events.

    If the office has tied no step to a stage, the stages of the table are shown. A complaint in the
    independent channel has two stages.
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
    stages = {number: _stage(number, case, taken, skipped, reached) for number in STAGES}
    published = list_published_steps()
    if not any(covered for _step, covered in published):
        return list(stages.values())
    return [_merge(step, [stages[number] for number in covered], case) for step, covered in published]


def _merge(step: StandardStep, covered: list[Stage], case: Case) -> Stage:
    """Return a published step with the progress of the stages that it covers, apart from skipped stages."""
    if not covered:
        return Stage(step.number, step.heading, "", language="id")
    parts = [stage for stage in covered if stage.status != "skipped"]
    waiting = [
        stage for status in ("current", "ahead", "unreached") for stage in parts if stage.status == status
    ]
    done = sorted((stage for stage in parts if stage.done_at), key=lambda stage: str(stage.done_at))
    shown = (waiting[:1] or done[-1:] or covered[:1])[0]
    own = next((stage for stage in covered if stage.number == step.stage), shown)
    # A published step speaks of consultations: a complaint has the title of its stage instead.
    stage_title = str(STAGES[step.stage]) if step.stage else ""
    spoken = case.wording.speak(stage_title)
    usual = spoken if spoken != stage_title else ""
    language = "id" if step.title and not (own.replaced or usual) else ""
    title = own.replaced or usual or step.heading
    return replace(shown, number=step.number, title=title, language=language)


def _list_independent(case: Case, events: list[Event]) -> list[Stage]:
    sent, last = events[0], events[-1]
    by = sent.name_actor(str(case.wording.applicant))
    first = Stage(1, case.wording.speak(STAGES[1]), "done", by=by, done_at=sent.happened_at)
    if case.is_open:
        by = str(Party.SUPERVISOR.label)
        return [first, Stage(2, EXAMINED, "current", by=by, now=_with(by))]
    if case.state == State.CLOSED:
        return [first, Stage(2, EXAMINED, "done", by=last.acted_as, done_at=last.happened_at)]
    return [first, Stage(2, EXAMINED, "unreached")]


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
        return max(STAGES) + 1
    moves = [event for event in events if event.source != event.target]
    waits = TURN.get(state) or TURN[State(moves[-1].source)]
    return next(number for number in STAGES if number >= waits.number and number not in skipped)


def _stage(number: int, case: Case, taken: dict[int, Event], skipped: set[int], reached: int) -> Stage:
    title: Promise | str = case.wording.speak(STAGES[number])
    stage = Stage(number, title, "skipped")
    if number in skipped:
        return stage
    if number < reached or number == 8:
        # Stage 8 replaces all stages before the consultation of an urgent walk-in.
        event = taken.get(number) or taken[8]
        replaced = case.wording.speak(VERBS[event.verb].done) if event.verb in INSTEAD else ""
        by = event.name_actor(str(case.wording.applicant))
        title = replaced or title
        return replace(stage, title=title, replaced=replaced, status="done", by=by, done_at=event.happened_at)
    party = get_present_turn(case)
    is_without_head = party == Party.TIM_PKD != case.turn
    if party is None or (is_without_head and number > reached):
        return replace(stage, status="unreached")
    if number > reached:
        return replace(stage, status="ahead")
    if is_without_head:
        title = case.wording.speak(VERBS["pass_up"].title)
        stage = replace(stage, title=title, replaced=title)
    waits_for = case.wording.applicant if party == Party.APPLICANT else party.label
    is_planned = case.state == State.SCHEDULED
    now = case.wording.speak(_("Menunggu hari konsultasi")) if is_planned else _with(str(waits_for))
    return replace(stage, status="current", by=str(waits_for), now=now)


def _with(who: str) -> str:
    return gettext("Menunggu %(who)s") % {"who": who}
