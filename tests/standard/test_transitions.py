"""Each step opens only from its source: every row of the table is tried in every state."""

from itertools import chain

import pytest
from django.core.exceptions import PermissionDenied

from consultations.enums import Identity, Kind, Party, State
from consultations.models import Case, Event
from consultations.parties import Actor
from consultations.scheduling.models import Session
from consultations.scheduling.queries import current_session
from consultations.steps import PAGES
from consultations.workflow import STEPS, TABLE, TAKE_BACK, VERBS, Step, get_turn, list_open_steps, transition
from kit import clock
from kit.refusal import Refused
from tests.factories import WAY, Staff, afresh, case_at, independent_case, relayed_at
from tests.many_cases import case_in_each_state
from tests.shared_data import each
from tests.standard.steps import CALLS, case_before, records, right_actor, right_taker

WITH_SESSION = {*WAY, State.COSIGNING} - {State.REGISTERED, State.DISPOSED, State.ASSIGNED, State.PREPARED}
"""A case has one session that is not cancelled in these states, and none in the others."""

WITHOUT_OFFICE = (Party.APPLICANT, Party.CODE_HOLDER, Party.SUPERVISOR)
BEFORE_DIVISION = {*State} - WITH_SESSION - {State.DISPOSED, State.ASSIGNED, State.PREPARED}
NOT_YET_A_PARTY: dict[Party, set[State]] = {
    **{party: {State.EXAMINING} for party in Party if party not in WITHOUT_OFFICE},
    Party.DIVISION_HEAD: BEFORE_DIVISION,
    Party.OFFICER: BEFORE_DIVISION | {State.DISPOSED},
    Party.SUPERVISOR: {*State} - {State.EXAMINING},
}
"""Until a division and an officer are named, their people are nothing to the case.

The independent channel has a party of its own.
"""

TITLES = {
    Party.APPLICANT: "Pemohon",
    Party.SECRETARIAT: "Sekretariat",
    Party.TIM_PKD: "Tim PKD",
    Party.SECRETARY: "Sekretaris",
    Party.HEAD: "Kepala Dinas",
    Party.DIVISION_HEAD: "Kepala Bidang Rehabilitasi Sosial",
    Party.OFFICER: "Petugas Rehabilitasi Sosial",
    Party.SUPERVISOR: "Pengawas",
    Party.CODE_HOLDER: "Melalui kode lacak dan nomor",
}

MOVED = ("state", "turn", "version", "since", "due_at")
"""The columns of the case that a step changes."""

NOT_FOR_ANONYMOUS = {
    "merge",
    "withdraw_for",
    "record_attendance",
    "renew_link",
    "correct_contact",
    "to_complaint",
    "ask_deletion_for",
}
"""Steps that are refused for an anonymous complaint. One is refused for each complaint."""

REFUSED_AFTER = {
    "correct": "ask_deletion",
    "ask_deletion": "ask_deletion",
    "correct_data": "ask_deletion",
    "retain": "retain",
    "ask_again": "ask_again",
    **dict.fromkeys(("schedule", "answer"), "ask_opinion"),
}
"""Steps that are refused after another one: it waits for a decision, or for a staff review."""


def take(verb: str, case: Case, staff: Staff, by: Actor) -> None:
    """Take a step on this very case; the services of first steps would make another one."""
    if (verb, None) not in STEPS:
        CALLS[verb](case, staff, by)
        return
    with transition(verb, case, by=by):
        pass


def test_every_verb_of_the_table_is_tried() -> None:
    assert set(VERBS) - {"submit", "receive", "walk_in", "split_off"} == set(PAGES)
    assert len(STEPS) == len(TABLE), "no verb leaves a state in two ways"


OTHER_SOURCES = [step for step in TABLE if step != VERBS[step.verb]]


@pytest.mark.differs_by_database
@each("step", VERBS.values())
def test_a_step_leaves_one_event_and_a_second_actor_is_refused(step: Step, staff: Staff) -> None:
    """Each verb is taken once. What it stores does not depend on the source."""
    leave_one_event(step, staff)


@pytest.mark.release
@pytest.mark.same_on_every_database
@each("step", OTHER_SOURCES)
def test_a_step_from_another_source_too(step: Step, staff: Staff) -> None:
    leave_one_event(step, staff)


def leave_one_event(step: Step, staff: Staff) -> None:
    case = case_before(step, staff)
    stale, by = afresh(case), right_taker(step, case, staff)
    before = set(Event.objects.values_list("pk", flat=True))
    now = clock.now()
    with clock.set_to(now):
        CALLS[step.verb](case, staff, by)

    # A split and a merge leave one on each of their two cases.
    new = Event.objects.exclude(pk__in=before).exclude(verb="merge", target=State.WITHDRAWN)
    event = new.exclude(verb__in={"split_off"} - {step.verb}).get()
    assert (event.number, event.verb) == (step.number, step.verb)
    target = State(event.target) if step.is_own else step.target
    assert (event.source, target) == (step.source or "", event.target)
    assert target in step.targets
    assert event.by == (None if step.actor == Party.APPLICANT else by)
    assert event.title in ([TITLES[party] for party in step.takers] if step.is_own else [TITLES[step.actor]])
    assert event.happened_at == event.entered_at == now
    assert not event.entered_late
    stored = Case.objects.get(pk=event.case_id)
    assert (stored.state, stored.turn) == (target, get_turn(target))
    if step.source:
        assert (event.case_id, case.state, case.version) == (case.pk, target, stored.version)
        assert stored.since == (case.since if step.source == target or step.is_own else now)
    else:
        assert stored != case
        assert stored.since == now
    # The database allows at most one session that is not cancelled; the services see to exactly one.
    # A consultation that was held before the complaint was passed on stays.
    reached = step.source if step.verb == "pass_up" else stored.state
    current = Session.objects.filter(case=stored, cancelled_at=None)
    assert current.count() == (reached in WITH_SESSION and not stored.is_independent)
    assert bool(current_session(stored)) == (current.exists() and stored.state in WITH_SESSION)
    involved = {stored.officer_id, *stored.companions.values_list("pk", flat=True)} - {None}
    assert sorted(stored.involvements.values_list("user", flat=True)) == sorted(involved)
    if step.source:
        left = records()
        with pytest.raises(Refused, match="Orang lain baru saja memproses permohonan ini"):
            CALLS[step.verb](stale, staff, by)
        assert records() == left


@pytest.mark.same_on_every_database  # it is refused before the database is asked
def test_every_other_step_is_refused_and_changes_nothing(staff: Staff, subtests: pytest.Subtests) -> None:
    """All in turn on one case, which each of them leaves as it was."""
    for state, case in chain(case_in_each_state(staff), [(State.EXAMINING, independent_case())]):
        before, facts = records(), {name: getattr(case, name) for name in MOVED}
        for verb in [verb for verb in VERBS if (verb, state) not in STEPS]:
            with subtests.test(f"{verb} in {state}"):
                party = VERBS[verb].actor
                by = right_actor(party, case, staff)
                error = PermissionDenied if state in NOT_YET_A_PARTY.get(party, ()) else Refused
                with pytest.raises(error) as refusal:
                    take(verb, case, staff, by)
                assert error is PermissionDenied or str(state.label) in str(refusal.value)
                assert {name: getattr(case, name) for name in MOVED} == facts
                assert verb not in [step.verb for step in list_open_steps(by, case)]
        assert records() == before, state


CONDITIONAL = [step for step in TABLE if step.preconditions]
FIRST_CONDITIONAL = {step.verb: step for step in reversed(CONDITIONAL)}.values()


@pytest.mark.same_on_every_database
@each("step", FIRST_CONDITIONAL)
def test_a_step_whose_need_is_not_met_says_so_and_changes_nothing(step: Step, staff: Staff) -> None:
    refuse_without_need(step, staff)


@pytest.mark.release
@pytest.mark.same_on_every_database
@each("step", [step for step in CONDITIONAL if step not in FIRST_CONDITIONAL])
def test_a_step_whose_need_is_not_met_is_refused_from_another_source_too(step: Step, staff: Staff) -> None:
    refuse_without_need(step, staff)


def refuse_without_need(step: Step, staff: Staff) -> None:
    assert step.source
    anonymous = {"kind": Kind.COMPLAINT, "identity": Identity.ANONYMOUS}
    bring = relayed_at if step.verb == "recall" else case_at
    case = bring(step.source, staff, **(anonymous if step.verb in NOT_FOR_ANONYMOUS else {}))
    if first := REFUSED_AFTER.get(step.verb):
        CALLS[first](case, staff, right_actor(VERBS[first].actor, case, staff))
    if step.is_own:
        Case.objects.update(before_last=None)
        case = afresh(case)
    by = right_taker(step, case, staff)
    before = records()
    is_unseen = step.verb == "confirm_deletion"  # the Pengawas sees the case while it waits for him
    is_unseen |= step.verb in ("renew_link", "ask_deletion_for") and case.agenda is None
    with pytest.raises(PermissionDenied if is_unseen else Refused) as refusal:
        CALLS[step.verb](case, staff, by)
    assert is_unseen or str(refusal.value).endswith(".")
    assert records() == before
    assert step not in list_open_steps(by, case)


def test_the_actions_offered_are_exactly_those_of_the_table(staff: Staff) -> None:
    for state, case in case_in_each_state(staff):
        offered = {
            step.verb for party in Party for step in list_open_steps(right_actor(party, case, staff), case)
        }
        unconditional = {step.verb for step in TABLE if step.source == state and not step.preconditions}
        possible = {"recall", *NOT_FOR_ANONYMOUS, *REFUSED_AFTER}
        met = {step.verb for step in TABLE if step.source == state} & possible
        assert offered - {TAKE_BACK} == unconditional | met, state
