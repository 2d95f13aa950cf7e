"""The table is the chain of nine steps that the SK prescribes, and nothing in it leads nowhere."""

from consultations.enums import ENDED, State
from consultations.workflow import DATA_STEPS, STEPS, STEPS_AHEAD, TABLE, TAKE_BACK, TURN, VERBS, Step
from office.models.publication import STAGES


def main_way(first: str) -> list[Step]:
    """The steps from a first step to an ended state, each the one that the state waits for."""
    way = [VERBS[first]]
    while way[-1].target not in ENDED:
        way.append(TURN[way[-1].target])
    return way


def test_the_main_way_takes_the_nine_steps_in_the_order_of_the_sk() -> None:
    way = main_way("submit")
    assert ", ".join(f"{step.number} {step.verb}" for step in way) == (
        "1 submit, 2 register, 3 dispose, 4 assign, 5 prepare, 6 schedule, 7 start, 7 finish, "
        "9 report, 9 forward, 9 accept"
    )
    assert way[-1].target == State.CLOSED


def test_step_eight_is_only_the_urgent_walk_in() -> None:
    assert {step.verb for step in TABLE if step.number == 8} == {"walk_in", "start", "ratify"}
    assert STEPS["walk_in", None].target == State.ASSIGNED
    start = STEPS["start", State.ASSIGNED].preconditions
    assert [n.__name__ for n in start] == ["urgent_walk_in", "review_written"]
    preconditions = {n.__name__ for step in TABLE if step.verb == "ratify" for n in step.preconditions}
    assert preconditions == {"awaits_ratification"}


def test_a_paper_letter_joins_the_main_way() -> None:
    assert [step.verb for step in main_way("receive")[1:]] == [s.verb for s in main_way("submit")[1:]]


def test_every_step_of_the_sk_has_a_row_and_a_title() -> None:
    assert list(STAGES) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert {step.number for step in TABLE} == {0, *STAGES}
    others = {step.verb for step in TABLE if step.number == 0}
    examined = {"conclude", "dismiss", "refer_up"}
    asked = {"ask_again", "answer_again", "answer_for"}
    assert others == {
        "withdraw",
        "withdraw_for",
        TAKE_BACK,
        *examined,
        *asked,
        *(step.verb for step in DATA_STEPS),
    }


def test_each_open_state_waits_for_exactly_one_main_step_and_ended_states_for_none() -> None:
    for state in State:
        main = [step for step in TABLE if step.source == state and not step.off_path]
        assert len(main) == (0 if state in ENDED else 1), state
        assert TURN.get(state) == (main[0] if main else None)


def test_only_these_steps_leave_an_ended_state() -> None:
    assert {State.CLOSED, State.DECLINED, State.WITHDRAWN} == ENDED
    leaving = [
        (s.verb, s.source, t) for s in STEPS_AHEAD if s.source in ENDED for t in s.targets if t != s.source
    ]
    assert leaving == [
        ("correct", State.CLOSED, State.HELD),
    ]


def test_every_verb_has_one_title_one_past_form_and_one_actor() -> None:
    for step in TABLE:
        first = VERBS[step.verb]
        assert (step.title, step.done, step.actor) == (first.title, first.done, first.actor)
    assert len({str(step.title) for step in VERBS.values()}) == len(VERBS)


def test_every_row_can_be_reached_from_nothing() -> None:
    reached: set[State | None] = {None}
    while new := {state for step in TABLE if step.source in reached for state in step.targets} - reached:
        reached |= new
    assert reached == {None, *State}


def test_every_open_state_leads_to_a_closed_case() -> None:
    for state in set(State) - ENDED:
        while state not in ENDED:
            state = TURN[state].target
        assert state == State.CLOSED


def test_each_step_of_the_staff_on_the_main_way_has_a_way_back_for_its_taker() -> None:
    for step in {*TURN.values()} - {TURN[State.INCOMPLETE]}:
        backs = [STEPS[step.way_back, target] for target in step.targets]
        assert all(back.is_own or back.actor == step.actor for back in backs), step.verb
        assert all(step.source in back.targets or step.way_back == "correct" for back in backs), step.verb


def test_a_step_is_taken_back_to_each_state_that_it_can_have_come_from() -> None:
    came = {(t, s.source) for s in STEPS_AHEAD if s.way_back == TAKE_BACK for t in s.targets}
    assert {(s.source, t) for s in TABLE if s.verb == TAKE_BACK for t in s.targets} == came
