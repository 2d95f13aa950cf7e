"""The queries of the desk give what the rules say, in its order, along indexes."""

import datetime as dt
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from consultations.enums import ANSWERING, BEFORE_FOLLOW_UP, INDEPENDENT, Channel, Kind, Party, State, Urgency
from consultations.models import AgendaEntry, Case, WorkItem
from consultations.parties import excluding_complaints_about, served_by
from consultations.scheduling.whose_work import waits_for
from consultations.work import MAIN, store_items
from consultations.workflow import TURN, get_turn
from desk.desk import choose_complaints, watched_by
from desk.lines import list_late_elsewhere
from desk.waiting import find_waiting
from kit import clock
from office.models import Role, User
from tests.factories import Staff, appoint, case_at
from tests.plans import Plans
from tests.shared_data import each

NOW = clock.now()
LAST = timezone.localdate(NOW) + dt.timedelta(days=3)
OPEN = [state for state in State if state not in INDEPENDENT]
DESKS = ("sekretariat", "pkd", "sekretaris", "kadis", "kabid", "petugas")


@pytest.fixture
def cases(staff: Staff) -> list[Case]:
    """Many open cases of all kinds. Their deadlines are within some days, and often the same."""
    rng, made = Random(47), []  # noqa: S311 -- not a secret
    with clock.set_to(NOW):
        original = case_at(State.REGISTERED, staff)
        for number in range(240):
            made.append(_copy(original, rng, staff, AgendaEntry(year=NOW.year + 2, number=number + 1)))
    AgendaEntry.objects.bulk_create(case.agenda for case in made if case.agenda)
    for key, case in enumerate(made, start=100_000):
        case.pk = key
    Case.objects.bulk_create(made)
    store_items(made)
    return list(Case.objects.all())


def _copy(original: Case, rng: Random, staff: Staff, entry: AgendaEntry) -> Case:
    def moment() -> dt.datetime:
        return NOW + dt.timedelta(days=rng.randrange(-6, 6))

    state, is_complaint = rng.choice(OPEN), rng.random() < 0.5
    names = ("applicant_name", "phone", "subject", "material", "submitted_at")
    columns: dict[str, Any] = {name: getattr(original, name) for name in names}
    columns |= {"state": state, "turn": get_turn(state), "since": moment()}
    columns["missing"] = "x" if state == State.INCOMPLETE else ""
    columns |= {"urgency": rng.choice(list(Urgency)), "planned_at": NOW, "channel": rng.choice(list(Channel))}
    columns["forwarded_by"] = "Inspektorat Daerah" if columns["channel"] == Channel.FORWARD else ""
    if state not in (State.INCOMPLETE, State.IN_SESSION) and rng.random() < 0.9:
        columns["due_at"] = moment()
    if state in ANSWERING:
        columns["agenda"] = entry
        columns["division"] = rng.choice([staff.division, staff.other_division])
        columns["officer"] = rng.choice([staff.petugas, staff.other_petugas, staff.kabid])
        columns["awaits_ratification"] = state not in BEFORE_FOLLOW_UP and rng.random() < 0.3
        columns["assignment_unratified"] = state not in BEFORE_FOLLOW_UP and rng.random() < 0.1
    if is_complaint:
        columns |= {"kind": Kind.COMPLAINT, "complaint_kind": "SUPERVISION"}
        columns["complained_about"] = rng.choice([None, None, staff.kadis, staff.petugas])
    if is_complaint and state in ANSWERING:
        columns["follow_up_due"] = timezone.localdate(moment())
        if columns.get("due_at") or state in BEFORE_FOLLOW_UP:
            columns["answer_due"] = rng.choice([timezone.localdate(moment()), None])
            columns["due_at"] = moment() if columns["answer_due"] else columns.get("due_at")
    return Case(**columns)


def _by_answer(case: Case) -> tuple[bool, Any, dt.datetime, int]:
    return (case.answer_due is None, case.answer_due, case.since, case.pk)


def _is_due(day: dt.date | None) -> bool:
    return day is not None and day <= LAST


def _list_watched(user: User) -> dict[str, list[Case]]:
    """Return all cases that the desk watches, in the order of the desk, by reading everything."""
    sees_all = user.roles & {Role.TIM_PKD, Role.HEAD}
    mine = list(Case.objects.filter(excluding_complaints_about(user) if sees_all else served_by(user)))
    own = {Party(role) for role in user.roles}
    begun = [case for case in mine if case.is_open and case.since <= NOW]
    overdue = [case for case in begun if case.due_at and case.due_at < NOW]
    turns = {
        item.case_id for item in _read(user) if item.kind in MAIN
    }  # also turns of an officer who has left
    late = [case for case in overdue if TURN[State(case.state)].actor not in own and case.pk not in turns]
    followed = [case for case in mine if case.state in BEFORE_FOLLOW_UP and _is_due(case.follow_up_due)]
    answered = [case for case in mine if case.state in ANSWERING and _is_due(case.answer_due)]
    pressing = (*followed, *answered)
    complaints = {case.pk: case for case in pressing if case.kind == Kind.COMPLAINT}.values()
    return {
        "complaints": sorted(complaints, key=_by_answer),
        "late": sorted(late, key=lambda case: case.pk),
    }


def _read_watched(user: User) -> dict[str, list[Case]]:
    watched = watched_by(user)
    return {
        "complaints": list(choose_complaints(watched, LAST)),
        "late": [item.case for item in list_late_elsewhere(user, waits_for(user)).order_by("case")],
    }


def _read(user: User) -> list[WorkItem]:
    """Return all items that wait for the user, in the order of the desk."""
    items = WorkItem.objects.waiting().filter(waits_for(user))
    return sorted(
        items, key=lambda i: (i.urgency == Urgency.NORMAL, i.due_at is None, i.due_at, i.since, i.pk)
    )


@pytest.mark.differs_by_database
def test_several_positions_add_up(staff: Staff, cases: list[Case]) -> None:
    appoint(staff.petugas, Role.DIVISION_HEAD, staff.other_division, acting="Plt.")
    appoint(staff.kabid, Role.HEAD, acting="Plh.")
    with clock.set_to(NOW):
        for user in (staff.petugas, staff.kabid):
            reader = User.objects.get(pk=user.pk)
            assert _read_watched(reader) == _list_watched(reader)
            assert list(find_waiting(reader)) == _read(reader)


@pytest.mark.same_on_every_database
@each("name", DESKS)
def test_the_rows_are_those_of_the_rules_along_indexes(name: str, staff: Staff, cases: list[Case]) -> None:
    """SQLite chooses indexes by shape, PostgreSQL by statistics that these few rows do not have."""
    user, plans = getattr(staff, name), Plans("consultations_case", "consultations_workitem")
    with clock.set_to(NOW):
        assert list(find_waiting(user)) == _read(user)
        assert _read_watched(user) == _list_watched(user)
        with connection.execute_wrapper(plans):
            list(find_waiting(user)[:100])
            watched = watched_by(user)
            list(choose_complaints(watched, LAST)[:20])
            len(list_late_elsewhere(user, waits_for(user)).values_list("pk")[:101])
    tables = ("consultations_case", "consultations_workitem")
    assert {name for table in tables for name in (table, f"SCAN {table}")}.isdisjoint(plans.scans)
    assert {"work_of_party", "work_of_division", "work_of_user"} & {*plans.indexes}
