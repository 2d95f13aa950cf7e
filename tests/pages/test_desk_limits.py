"""A desk reads the first rows of each part, and these are the first rows of the whole."""

import datetime as dt
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from consultations.complaint_deadlines import HEADS_TURN
from consultations.enums import ANSWERING, BEFORE_FOLLOW_UP, INDEPENDENT, Channel, Kind, Party, State, Urgency
from consultations.models import AgendaEntry, Case
from consultations.parties import excluding_complaints_about, served_by
from consultations.queries import waiting_for
from consultations.workflow import TURN
from desk.others import MAX_LATE, MAX_ROWS, _read_watched
from desk.waiting import _read_waiting
from office import clock
from office.models import Role, User
from tests.factories import Staff, appoint, case_at
from tests.plans import Plans

NOW = clock.now()
LAST = timezone.localdate(NOW) + dt.timedelta(days=3)
ASKED_BEFORE = NOW - dt.timedelta(days=2)
OPEN = [state for state in State if state not in INDEPENDENT]
DESKS = {
    "sekretariat": set(),
    "pkd": {"case_state_most_urgent", "case_answer_due", "case_due"},
    "sekretaris": {"case_state_most_urgent"},
    "kadis": {"case_state_most_urgent", "case_to_ratify", "case_answer_due", "case_due"},
    "kabid": {"case_division_state_due", "case_division_answer_due"},
    "petugas": {"case_officer_state_due"},
}


@pytest.fixture
def cases(staff: Staff) -> list[Case]:
    """Many open cases of all kinds. Their deadlines are within some days, and often the same."""
    rng, made = Random(47), []  # noqa: S311 -- not a secret
    with clock.set_to(NOW):
        original = case_at(State.REGISTERED, staff)
        for number in range(240):
            made.append(_copy(original, rng, staff, AgendaEntry(year=2027, number=number + 1)))
    AgendaEntry.objects.bulk_create(case.agenda for case in made if case.agenda)
    Case.objects.bulk_create(made)
    return list(Case.objects.all())


def _copy(original: Case, rng: Random, staff: Staff, entry: AgendaEntry) -> Case:
    def moment() -> dt.datetime:
        return NOW + dt.timedelta(days=rng.randrange(-6, 6))

    state, is_complaint = rng.choice(OPEN), rng.random() < 0.5
    names = ("applicant_name", "phone", "subject", "material", "submitted_at")
    columns: dict[str, Any] = {name: getattr(original, name) for name in names}
    columns |= {"state": state, "since": moment(), "missing": "x" if state == State.INCOMPLETE else ""}
    columns |= {"urgency": rng.choice(list(Urgency)), "planned_at": NOW, "channel": rng.choice(list(Channel))}
    if state not in (State.INCOMPLETE, State.IN_SESSION) and rng.random() < 0.9:
        columns["due_at"] = moment()
    if state in ANSWERING:
        columns["agenda"] = entry
        columns["division"] = rng.choice([staff.division, staff.other_division])
        columns["officer"] = rng.choice([staff.petugas, staff.other_petugas, staff.kabid])
        columns["awaits_ratification"] = state not in BEFORE_FOLLOW_UP and rng.random() < 0.3
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


def _list_watched(user: User) -> list[Case]:
    """Return all cases that the desk watches, in the order of the desk, by reading everything."""
    reach = excluding_complaints_about(user)
    if not user.roles & {Role.TIM_PKD, Role.HEAD}:
        reach = served_by(user)
    mine = list(Case.objects.filter(reach))
    late = [case for case in mine if case.kind == Kind.CONSULTATION and case.due_at and case.due_at < NOW]
    own = {Party(role) for role in user.roles}
    late = [case for case in late if TURN[State(case.state)].actor not in own]
    late = sorted(late, key=lambda case: (case.due_at, case.since, case.pk))[:MAX_LATE]
    stuck, asked = [], []
    if Role.TIM_PKD in user.roles:
        stuck = [c for c in mine if c.state in HEADS_TURN and c.complained_about == _get_head()]
        asked = [case for case in mine if case.state == State.INCOMPLETE and case.since < ASKED_BEFORE]
        asked = sorted(asked, key=lambda case: (case.since, case.pk))[:MAX_ROWS]
    pressing = [
        case
        for case in mine
        if (case.state in BEFORE_FOLLOW_UP and case.follow_up_due and case.follow_up_due <= LAST)
        or (case.state in ANSWERING and case.answer_due and case.answer_due <= LAST)
    ]
    found = {case.pk: case for case in (*late, *stuck, *asked, *pressing)}.values()
    keys = [case.pk for case in stuck]
    return sorted(found, key=lambda c: (c.pk not in keys, c.kind != Kind.CONSULTATION, *_by_answer(c)))


def _get_head() -> User:
    return User.objects.get(username="kadis")


def _urgent(case: Case) -> tuple[Any, ...]:
    return (case.urgency == Urgency.NORMAL, case.due_at is None, case.due_at, case.since, case.pk)


@pytest.mark.parametrize("name", DESKS)
def test_the_first_rows_are_those_of_the_whole(name: str, staff: Staff, cases: list[Case]) -> None:
    user: User = getattr(staff, name)
    asked_before = {"asked_before": ASKED_BEFORE} if name == "pkd" else {}
    with clock.set_to(NOW):
        waiting = sorted(waiting_for(user), key=_urgent)
        watched = _list_watched(user)
        for number in (1, 7, 240):
            read = _read_watched(user, number, last=LAST, **asked_before)
            assert read == watched[:number]
            assert sorted(_read_waiting(user, number), key=_urgent) == waiting[:number]


@pytest.mark.differs_by_database
def test_several_positions_add_up(staff: Staff, cases: list[Case]) -> None:
    appoint(staff.petugas, Role.DIVISION_HEAD, staff.other_division, acting="Plt.")
    appoint(staff.kabid, Role.HEAD, acting="Plh.")
    with clock.set_to(NOW):
        for user in (staff.petugas, staff.kabid):
            reader = User.objects.get(pk=user.pk)
            for number in (5, 240):
                assert _read_watched(reader, number, last=LAST) == _list_watched(reader)[:number]
                waiting = sorted(waiting_for(reader), key=_urgent)
                assert sorted(_read_waiting(reader, number), key=_urgent) == waiting[:number]


@pytest.mark.differs_by_database
@pytest.mark.parametrize("name", DESKS)
def test_indexes_of_the_desk(name: str, staff: Staff, cases: list[Case]) -> None:
    """PostgreSQL would sort the few cases of a test for the whole office, so it is told to avoid that."""
    plans = Plans("consultations_case")
    if connection.vendor == "postgresql":
        sort = "off" if name in ("pkd", "sekretaris", "kadis") else "on"
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE consultations_case; SET LOCAL enable_sort = {sort}")
    with clock.set_to(NOW), connection.execute_wrapper(plans):
        _read_waiting(getattr(staff, name), 100)
        _read_watched(getattr(staff, name), 50, last=LAST, asked_before=ASKED_BEFORE)
    assert {"consultations_case", "SCAN consultations_case"}.isdisjoint(plans.scans)
    assert DESKS[name] <= {*plans.indexes}
