"""The matrix of permissions as literal text, tried through the real services."""

import datetime as dt
from contextlib import suppress
from dataclasses import fields
from itertools import chain
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from consultations import services as consultations_services
from consultations.enums import Channel, Kind, Party, State
from consultations.intake import services as intake_services
from consultations.models import Case
from consultations.parties import Actor, Applicant, CodeHolder, parties
from consultations.scheduling.whose_work import waiting_for
from consultations.workflow import TABLE, TAKE_BACK, TURN, VERBS, Step, list_open_steps
from dispositions import services as dispositions_services
from kit import clock
from kit.refusal import Refused
from office.models import Role
from reports import services as report_services
from tests.factories import (
    DETAILS,
    Staff,
    afresh,
    applicant,
    appoint,
    case_at,
    independent_case,
    make_user,
    walk_in,
    walk_in_at,
)
from tests.many_cases import case_in_each_state
from tests.shared_data import each
from tests.standard.steps import CALLS, case_before
from tests.world import undone

MATRIX = """
applicant       submit complete withdraw ask_time correct_contact ask_deletion stop_deletion \
                ask_again
other_applicant submit
code_holder     complete ask_time stop_deletion
sekretariat     receive walk_in renew_link dispose_for assign_for record_receipt remind_receiver \
                correct_data withdraw_for ask_deletion_for
pkd             register send_back void withdraw_for lapse name_official retain release pass_up \
                to_complaint to_consultation split split_off merge correct_data \
                decide_deletion_for
sekretaris      endorse cosign refer_back
kadis           dispose decline pass_on ratify refuse_disposition recall correct decide_deletion return \
                accept
kabid           assign ratify_assignment refuse_assignment hand_back reassign revise forward answer_for
petugas         prepare amend schedule reschedule keep_time start undo_start finish answer no_show report \
                ask_opinion record_opinion remind_agency call_meeting record_minutes record_attendance \
                answer_again
pengawas        conclude dismiss refer_up confirm_deletion
"""
"""Steps that each person may take in their source state. All others are refused."""

OFFICE = "sekretariat pkd sekretaris kadis"
VISIBLE = {
    OFFICE: "SUBMITTED INCOMPLETE ENDORSING REGISTERED DECLINED WITHDRAWN",
    f"{OFFICE} kabid": "DISPOSED",
    f"{OFFICE} kabid petugas companion": "ASSIGNED PREPARED SCHEDULED IN_SESSION HELD REPORTED COSIGNING "
    "FORWARDED CLOSED",
    "pengawas": "EXAMINING",
}
"""Users who see a case in each state."""

BEFORE_AGENDA = {
    "pkd": "SUBMITTED/ONLINE INCOMPLETE/ONLINE VOIDED/ONLINE LAPSED/ONLINE WITHDRAWN/ONLINE",
    "sekretariat pkd": "SUBMITTED/LETTER SUBMITTED/COUNTER INCOMPLETE/LETTER VOIDED/LETTER WITHDRAWN/COUNTER",
    OFFICE: "REGISTERED/ONLINE",
}
"""Users who see a complaint before its subject is entered, by channel; then one that is registered."""


ACTORS = (*(field.name for field in fields(Staff)), "applicant", "other_applicant", "code_holder")


def read(table: str) -> dict[str, set[str]]:
    """Return the people of each line: {first word: the other words}."""
    rows = (line.split() for line in table.strip().splitlines())
    return {name: set(people) for name, *people in rows}


def person(name: str, case: Case, staff: Staff) -> Actor:
    if name == "applicant":
        return Applicant(case.secret)
    if name == "code_holder":
        return CodeHolder(case.pk, "~")
    if name == "other_applicant":
        return Applicant(case_at(State.SUBMITTED, staff).secret)
    return afresh(getattr(staff, name))


def test_the_matrix_covers_every_verb() -> None:
    assert set().union(*read(MATRIX).values()) == set(VERBS) - {TAKE_BACK}  # test_taking_back.py


def may_take(verb: str) -> set[str]:
    return {person for person, verbs in read(MATRIX).items() if verb in verbs}


def list_allowed(step: Step, case: Case, staff: Staff) -> set[str]:
    """Return the people who may take a step. Each tries it, and the case stays as it was."""
    allowed = set()
    for name in ACTORS:
        with undone(), suppress(PermissionDenied):
            CALLS[step.verb](afresh(case), staff, person(name, case, staff))
            allowed.add(name)
    return allowed


@pytest.mark.same_on_every_database  # test_transitions.py takes each step on both
def test_a_step_is_open_to_exactly_the_people_of_the_matrix(staff: Staff) -> None:
    """Asked of the rule in every state, and of the service of each verb in one."""
    for state, case in case_in_each_state(staff):
        offered = {name: list_open_steps(person(name, case, staff), case) for name in ACTORS}
        for step in [step for step in TABLE if step.source == state and not step.preconditions]:
            people = may_take(step.verb)
            assert {name for name, steps in offered.items() if step in steps} == people, (step.verb, state)
            if step == VERBS[step.verb]:
                assert list_allowed(step, case, staff) == people, step.verb


@pytest.mark.release
@pytest.mark.same_on_every_database
def test_every_service_is_open_to_exactly_the_people_of_the_matrix(
    staff: Staff, subtests: pytest.Subtests
) -> None:
    for step in [step for step in TABLE if step.verb != TAKE_BACK]:
        with subtests.test(step.verb, state=step.source), undone():
            assert list_allowed(step, case_before(step, staff), staff) == may_take(step.verb)


@pytest.mark.differs_by_database
def test_a_case_is_visible_to_exactly_the_people_of_the_table(staff: Staff) -> None:
    expected = {state: {*people.split()} for people, states in VISIBLE.items() for state in states.split()}
    seen: dict[str, set[str]] = {state: set() for state in State}
    for state, case in chain(case_in_each_state(staff), [(State.EXAMINING, independent_case())]):
        seen[state] = {n for n, user in vars(staff).items() if case in Case.objects.visible_to(afresh(user))}
    assert seen == expected


def complaint_before_agenda(state: str, channel: str, staff: Staff) -> Case:
    """A complaint that came in by `channel`; VOIDED and LAPSED are the ways back and out."""
    begun = {"REGISTERED": "register", "VOIDED": "register", "INCOMPLETE": "send_back", "LAPSED": "send_back"}
    ended = {"VOIDED": "void", "LAPSED": "lapse", "WITHDRAWN": "withdraw"}
    details: dict[str, Any] = {**DETAILS, "kind": Kind.COMPLAINT}
    with clock.set_to(clock.now() - dt.timedelta(days=40)):
        if channel == Channel.ONLINE:
            case = intake_services.submit(**details)
        else:
            case = intake_services.receive(by=staff.sekretariat, channel=channel, **details)
        if state in begun:
            CALLS[begun[state]](case, staff, staff.pkd)
    if state in ended:
        CALLS[ended[state]](case, staff, applicant(case) if state == "WITHDRAWN" else staff.pkd)
    return case


@pytest.mark.differs_by_database
@each(("row", "people"), [(row, people) for people, rows in BEFORE_AGENDA.items() for row in rows.split()])
def test_before_registration_tim_pkd_alone_sees_a_complaint(row: str, people: str, staff: Staff) -> None:
    state, channel = row.split("/")
    case = complaint_before_agenda(state, channel, staff)
    for name, user in vars(staff).items():
        may_see = name in people.split()
        assert Case.objects.visible_to(afresh(user)).exists() is may_see, name
        assert bool(parties(afresh(user), case)) is may_see, name


def test_before_the_agenda_who_serves_in_two_positions_sees_what_either_sees(staff: Staff) -> None:
    """The head of the office may also hold a position of Tim PKD or the Sekretariat, and acts as that."""
    online = complaint_before_agenda("SUBMITTED", "ONLINE", staff)
    letter = complaint_before_agenda("SUBMITTED", "LETTER", staff)
    appoint(staff.kadis, Role.SECRETARIAT, acting="Plh.")
    kadis = afresh(staff.kadis)
    assert set(Case.objects.visible_to(kadis)) == {letter}
    assert parties(kadis, letter) == {Party.SECRETARIAT: "Plh. Sekretariat"}
    appoint(staff.kadis, Role.TIM_PKD, acting="Plh.")
    kadis = afresh(staff.kadis)
    assert set(Case.objects.visible_to(kadis)) == {online, letter}
    assert set(parties(kadis, online)) == {Party.TIM_PKD}


@each("acting", ["Plt.", "Plh.", "Pj."])
def test_whoever_acts_signs_with_the_acting_title(acting: str, staff: Staff) -> None:
    deputy, title = make_user("pengganti"), f"{acting} Kepala Dinas"
    appoint(deputy, Role.HEAD, acting=acting)
    case, urgent = case_at(State.REGISTERED, staff), walk_in_at(State.FORWARDED, staff)
    dispositions_services.dispose(case, by=deputy, division=staff.division)
    report_services.accept(urgent, by=deputy)
    assert case.history.latest("pk").title == case.dispositions.get().title == title
    assert urgent.reports.get().accepted_title == urgent.dispositions.get().ratified_title == title


@each(
    ("starts", "ends", "may"),
    [
        (-30, None, True), (-30, 0, True), (0, None, True), (0, 0, True), (-30, -1, False), (1, None, False),
    ],
)  # fmt: skip
def test_a_position_counts_from_its_first_to_its_last_day(
    starts: int, ends: int | None, may: bool, staff: Staff
) -> None:
    case, head, today = case_at(State.REGISTERED, staff), make_user("kepala_lain"), clock.today()
    last = None if ends is None else today + dt.timedelta(days=ends)
    appoint(head, Role.HEAD, starts=today + dt.timedelta(days=starts), ends=last)
    holder = afresh(head)
    assert ("dispose" in [step.verb for step in list_open_steps(holder, case)]) is may
    assert Case.objects.visible_to(holder).exists() is may


def test_a_user_who_was_switched_off_sees_and_does_nothing(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    staff.kadis.is_active = False
    staff.kadis.save()
    kadis = afresh(staff.kadis)
    assert not Case.objects.visible_to(kadis).exists()
    with pytest.raises(PermissionDenied):
        dispositions_services.dispose(case, by=kadis, division=staff.division)


def test_one_person_may_hold_two_positions(staff: Staff) -> None:
    appoint(staff.other_kabid, Role.DIVISION_HEAD, staff.division, acting="Plt.")
    case = case_at(State.DISPOSED, staff)
    dispositions_services.assign(case, by=afresh(staff.other_kabid), officer=staff.petugas)
    assert case.history.latest("pk").title == "Plt. Kepala Bidang Rehabilitasi Sosial"


def test_an_officer_who_moved_to_another_division_no_longer_acts(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    staff.petugas.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    appoint(staff.petugas, Role.OFFICER, staff.other_division)
    with pytest.raises(PermissionDenied):
        CALLS["prepare"](case, staff, afresh(staff.petugas))


def test_the_kepala_bidang_may_serve_the_case_in_person(staff: Staff) -> None:
    case = case_at(State.DISPOSED, staff)
    dispositions_services.assign(case, by=staff.kabid, officer=staff.kabid)
    CALLS["prepare"](case, staff, staff.kabid)
    event = case.history.latest("pk")
    assert (event.by, event.title) == (staff.kabid, "Kepala Bidang Rehabilitasi Sosial")
    verbs = {step.verb for step in list_open_steps(staff.kabid, case)}
    beside = {"amend", "reassign", "ask_opinion", "call_meeting", TAKE_BACK}
    assert verbs == {"schedule", "answer", *beside}


def test_copies_and_companions_see_the_case_and_do_nothing(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    copies = [staff.other_division]
    dispositions_services.dispose(case, by=staff.kadis, division=staff.division, copies=copies)
    dispositions_services.assign(case, by=staff.kabid, officer=staff.petugas, companions=[staff.companion])
    for onlooker in (afresh(staff.other_kabid), afresh(staff.companion)):
        assert case in Case.objects.visible_to(onlooker)
        assert parties(onlooker, case) == {}
        assert list_open_steps(onlooker, case) == []


def test_an_official_who_is_complained_about_sees_and_does_nothing(staff: Staff) -> None:
    case = case_at(State.FORWARDED, staff, kind=Kind.COMPLAINT)
    for name in ("sekretariat", "pkd", "sekretaris", "kadis", "kabid", "petugas"):
        official = afresh(getattr(staff, name))
        Case.objects.filter(pk=case.pk).update(complained_about=official)
        case.refresh_from_db()
        assert not Case.objects.visible_to(official).exists()
        assert not waiting_for(official).exists()
        assert parties(official, case) == {}
        for verb in [verb for verb, step in VERBS.items() if step.source]:
            with pytest.raises(PermissionDenied):
                CALLS[verb](case, staff, official)


def test_a_complaint_is_given_to_nobody_it_is_about(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    consultations_services.register(case, by=staff.pkd, classification="700", complained_about=staff.petugas)
    dispositions_services.dispose(case, by=staff.kadis, division=staff.division)
    for officer, companion in ((staff.petugas, staff.companion), (staff.other_petugas, staff.petugas)):
        with pytest.raises(Refused):
            dispositions_services.assign(case, by=staff.kabid, officer=officer, companions=[companion])
    for official in (staff.petugas, staff.kabid):
        with pytest.raises(Refused):
            walk_in(staff, kind=Kind.COMPLAINT, complained_about=official)


def test_only_people_of_the_division_are_given_its_cases(staff: Staff) -> None:
    case = case_at(State.DISPOSED, staff)
    for stranger in (staff.elsewhere, staff.admin, staff.expired, staff.sekretariat):
        with pytest.raises(Refused):
            dispositions_services.assign(case, by=staff.kabid, officer=stranger)
        with pytest.raises(Refused):
            walk_in(staff, officer=stranger)


def test_a_secret_opens_its_own_case_only(staff: Staff) -> None:
    case, other = case_at(State.SUBMITTED, staff), case_at(State.SUBMITTED, staff)
    for secret in (case.secret, "", "é" * 32):
        assert parties(Applicant(secret), other) == {}


def test_the_stored_turn_is_that_of_the_table_for_everybody_in_every_state(staff: Staff) -> None:
    for state, case in chain(case_in_each_state(staff), [(State.EXAMINING, independent_case())]):
        step = TURN.get(state)
        assert afresh(case).turn == case.turn == (step.actor if step else None), state
        for person in vars(staff).values():
            waits = waiting_for(person).filter(pk=case.pk).exists()
            assert waits == bool(step and step.actor in parties(person, case)), (state, person)
