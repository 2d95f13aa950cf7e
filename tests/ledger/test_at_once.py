"""The chain under concurrency: several tasks at once, and transactions that commit late."""

import threading
from functools import partial

import pytest
from django.db import connections, transaction

from consultations.enums import State
from consultations.models import Case, Event
from kit import clock
from tests.factories import Staff, case_at
from tests.ledger.conftest import list_findings
from tests.threads import run_at_once
from trust.ledger.chain import append_leaves
from trust.ledger.models import Leaf, Pending, Seal
from trust.ledger.parts import PARTS, PARTS_BY_NUMBER
from trust.ledger.services import make_seal

pytestmark = pytest.mark.usefixtures("shared_database")

EVENT = PARTS[0].number


def add_event(case: Case) -> Event:
    moments = {"happened_at": clock.now(), "entered_at": clock.now()}
    step = {"number": 2, "verb": "retain", "title": "Uji", "source": case.state, "target": case.state}
    return Event.objects.create(case=case, **step, **moments)


def test_several_tasks_at_once_make_each_leaf_once(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trust.ledger.chain.BATCH", 7)
    case = case_at(State.CLOSED, staff)
    queued = set(Pending.objects.values_list("part", "key"))
    writing = partial(lambda: [add_event(case) for _ in range(10)] and 0)
    made = run_at_once([append_leaves, append_leaves, writing, append_leaves])
    made.append(append_leaves())

    leaves = list(Leaf.objects.order_by("pk").values_list("part", "key", "number"))
    assert [number for _part, _key, number in leaves] == [*range(1, sum(made) + 1)]
    fixed = [(part, key) for part, key, _number in leaves if not PARTS_BY_NUMBER[part].may_change]
    assert len(fixed) == len({*fixed})
    assert len({*fixed} - queued) == 10
    assert queued <= {(part, key) for part, key, _number in leaves}
    assert not Pending.objects.exists()
    assert list_findings() == []


def test_one_of_several_tasks_makes_the_seal(staff: Staff) -> None:
    case_at(State.SUBMITTED, staff)
    append_leaves()
    assert len([seal for seal in run_at_once([make_seal] * 4) if seal]) == 1
    assert Seal.objects.count() == 1


@pytest.mark.only_on("postgresql", reason="SQLite has one writer at a time")
def test_a_step_that_commits_late_has_a_later_leaf(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    append_leaves()
    written, may_commit, keys = threading.Event(), threading.Event(), []

    def commit_late() -> None:
        try:
            with transaction.atomic():
                keys.append(add_event(case).pk)
                written.set()
                may_commit.wait(20)
        finally:
            connections.close_all()

    late = threading.Thread(target=commit_late)
    late.start()
    written.wait(20)
    keys.append(add_event(case).pk)
    assert append_leaves() == 1
    assert list_findings() == []
    may_commit.set()
    late.join()
    assert append_leaves() == 1
    assert keys == sorted(keys)
    order = list(Leaf.objects.filter(part=EVENT).order_by("pk").values_list("key", flat=True))
    assert order[-2:] == [str(keys[1]), str(keys[0])]
    assert list_findings() == []


@pytest.mark.parametrize("times", [2, pytest.param(10, marks=pytest.mark.release)])
def test_verification_while_steps_are_taken_finds_nothing(times: int, staff: Staff) -> None:
    case, stopped = case_at(State.SUBMITTED, staff), threading.Event()

    def work() -> None:
        while not stopped.is_set():
            add_event(case)
            append_leaves()

    def verify() -> list[str]:
        try:
            return [finding for _turn in range(times) for finding in list_findings()]
        finally:
            stopped.set()

    _nothing, found = run_at_once([work, verify])
    assert found == []
