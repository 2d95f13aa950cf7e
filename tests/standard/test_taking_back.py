"""The way back of a step: two minutes, for its taker, until somebody else has seen it or a paper has left."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from consultations.enums import State
from consultations.models import Case, Event, WorkItem
from consultations.scheduling.models import Session, Slot
from consultations.scheduling.pace import list_days_to_schedule
from consultations.services import void
from consultations.step_row import WAY_BACK
from consultations.taking_back import take_back
from consultations.workflow import STEPS_AHEAD, TAKE_BACK, Step, list_open_steps
from dispositions.services import endorse
from documents.contexts.letters import disposition_context, find_earlier_session
from documents.models import Document
from documents.numbering import enter_number
from documents.signing_desk import give_back
from documents.types import TYPES_BY_KIND
from kit import clock
from kit.refusal import Refused
from notices.models import Message, Notice
from notices.services.delivery import cancel, deliver, mark_as_sent
from office.models import Office
from tests.case_page import read_all
from tests.factories import (
    Staff,
    afresh,
    case_at,
    client_of,
    decline,
    independent_case,
    walk_in_at,
)
from tests.record.conftest import list_findings
from tests.shared_data import each
from tests.standard.steps import CALLS, case_before, right_taker

SECOND = dt.timedelta(seconds=1)

TAKEN_BACK = [step for step in STEPS_AHEAD if step.way_back == TAKE_BACK]

CHANGED = ("version", "last_taker_id", "before_last")
"""Columns of a case that do not return."""


def read(case: Case) -> dict[str, Any]:
    """All columns of the case that return, with its people and what it waits for."""
    case = Case.objects.get(pk=case.pk)
    columns = {f.attname: getattr(case, f.attname) for f in Case._meta.concrete_fields}
    people = {case.officer_id, *case.companions.values_list("pk", flat=True)} - {None}
    assert {*case.involvements.values_list("user", flat=True)} == people
    waits = WorkItem.objects.open().steps().filter(case=case).values_list("kind", "since", "due_at")
    slots = Slot.objects.filter(session__case=case).values_list("user", "room")
    kept = {name: value for name, value in columns.items() if name not in CHANGED}
    return {**kept, "people": people, "waits": {*waits}, "slots": {*slots}}


def list_told(case: Case) -> set[Notice]:
    return {*Notice.objects.filter(case=case, superseded_at=None)}


def list_letters(case: Case) -> set[Document]:
    return {*Document.objects.in_force().filter(case=case).exclude(signer_role="")}


@each("step", TAKEN_BACK)
def test_the_case_is_again_as_it_was(step: Step, staff: Staff) -> None:
    is_independent = step.source == State.EXAMINING
    case = independent_case() if is_independent else afresh(case_before(step, staff))
    was, told, letters = read(case), list_told(case), list_letters(case)
    with clock.set_to(clock.now() + SECOND):
        CALLS[step.verb](case, staff, by := right_taker(step, case, staff))
        take_back(case := afresh(case), by=by)  # type: ignore[arg-type]
        assert read(case) == was
        is_issued_again = any(step.verb in row.dropped_by for row in TYPES_BY_KIND.values())
        assert len(list_letters(case)) == len(letters)
        assert is_issued_again or (list_letters(case), list_told(case)) == (letters, told)
        last, before = case.history.order_by("-pk")[:2]
        assert (last.verb, last.target, before.verb) == (TAKE_BACK, step.source, step.verb)
        assert list_findings() == []
        CALLS[step.verb](afresh(case), staff, by)  # and it can be taken again
    assert afresh(case).state in step.targets


def test_nobody_else_takes_it_back_and_its_taker_not_after_two_minutes(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    for other in (staff.kadis, staff.petugas, staff.pkd, staff.sekretariat):
        with pytest.raises((PermissionDenied, Refused)):
            take_back(afresh(case), by=afresh(other))
    is_offered = [step.verb for step in list_open_steps(staff.kabid, afresh(case))]
    assert TAKE_BACK in is_offered
    with clock.set_to(clock.now() + WAY_BACK):
        assert TAKE_BACK not in [step.verb for step in list_open_steps(staff.kabid, afresh(case))]
        with pytest.raises(Refused, match="dua menit"):
            take_back(afresh(case), by=staff.kabid)


def test_it_is_taken_back_once(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    other_tab = afresh(case)
    take_back(afresh(case), by=staff.kabid)
    for stale in (other_tab, afresh(case)):
        with pytest.raises(Refused):
            take_back(stale, by=staff.kabid)
    assert afresh(case).state == State.DISPOSED


@each("opens", [lambda c, s: f"/permohonan/{c.code}/", lambda c, s: f"/permohonan/{c.code}/prepare/"])
def test_the_step_stands_once_a_colleague_has_opened_the_case(
    opens: Callable[[Case, Staff], str], staff: Staff
) -> None:
    case = case_at(State.ASSIGNED, staff)
    seen = afresh(case)
    assert client_of(staff.kabid).get(f"/permohonan/{case.code}/").status_code == 200
    assert afresh(case).before_last
    assert client_of(staff.petugas).get(opens(case, staff)).status_code == 200
    for read_then in (seen, afresh(case)):
        with pytest.raises(Refused):
            take_back(read_then, by=staff.kabid)


def test_the_step_stands_once_the_applicant_has_read_it(staff: Staff, client: Any) -> None:
    case = case_at(State.REGISTERED, staff)
    decline(case, by=staff.kadis)
    assert client.get(f"/p/{case.secret}/").status_code == 200
    with pytest.raises(Refused):
        take_back(afresh(case), by=staff.kadis)


def test_a_message_waits_two_minutes_and_is_then_never_sent(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff, email="siti@contoh.id")
    deliver()
    decline(case, by=staff.kadis)
    waiting = Message.objects.filter(notice__event__verb="decline", by_hand=False)
    assert waiting.exists()
    assert deliver() == 0
    take_back(afresh(case), by=staff.kadis)
    with clock.set_to(clock.now() + WAY_BACK):
        assert deliver() == 0
    assert {*waiting.values_list("status", flat=True)} == {Message.Status.CANCELLED}


def test_the_step_stands_once_a_message_was_sent(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    decline(case, by=staff.kadis)
    assert mark_as_sent(Message.objects.filter(notice__event__verb="decline", by_hand=True)[0], by=staff.pkd)
    with pytest.raises(Refused, match="Pesannya sudah dikirim"):
        take_back(afresh(case), by=staff.kadis)
    assert afresh(case).state == State.DECLINED


def test_the_step_stands_once_the_applicant_was_told_otherwise(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    decline(case, by=staff.kadis)
    message = Message.objects.filter(notice__event__verb="decline", by_hand=True)[0]
    assert cancel(message, by=staff.pkd, reason="Lewat telepon.")
    with pytest.raises(Refused, match="Pesannya sudah dikirim"):
        take_back(afresh(case), by=staff.kadis)


def test_the_step_stands_once_its_letter_has_a_number(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    Office.objects.update(counts_letters=False)
    decline(case, by=staff.kadis)
    enter_number(Document.objects.get(case=case, kind="REJECTION"), by=staff.sekretariat, number="400/1")
    with pytest.raises(Refused, match="Suratnya sudah ditangani"):
        take_back(afresh(case), by=staff.kadis)


def test_initials_that_were_taken_back_are_on_no_paper(staff: Staff) -> None:
    case = case_at(State.ENDORSING, staff)
    endorse(case, by=staff.sekretaris, note="Segera.")
    take_back(afresh(case), by=staff.sekretaris)
    Office.objects.update(has_secretary=False)
    void(case := afresh(case), by=staff.pkd, reason="Keliru.")
    CALLS["register"](case := afresh(case), staff, staff.pkd)
    CALLS["dispose"](case := afresh(case), staff, staff.kadis)
    assert disposition_context(case, case.dispositions.get())["endorsement"] is None


def test_the_next_schedule_is_the_first_one_that_the_applicant_hears_of(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    take_back(afresh(case), by=staff.petugas)
    CALLS["schedule"](case := afresh(case), staff, staff.petugas)
    assert find_earlier_session(case, case.sessions.get(cancelled_at=None)) is None


def test_the_step_stands_once_a_paper_was_opened(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    decline(case, by=staff.kadis)
    letter = Document.objects.get(case=case, kind="REJECTION")
    assert client_of(staff.sekretariat).get(f"/tanda-tangan/{letter.pk}/").status_code == 200
    assert afresh(case).before_last is None


def test_the_step_stands_once_its_letter_was_handled(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    decline(case, by=staff.kadis)
    give_back(Document.objects.get(case=case, kind="REJECTION"), by=staff.kadis, reason="Bukan ini.")
    with pytest.raises(Refused, match="Suratnya sudah ditangani"):
        take_back(afresh(case), by=staff.kadis)


def test_the_history_and_the_record_keep_both_steps(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    take_back(afresh(case), by=staff.kabid)
    page = read_all(client_of(staff.kabid), case)
    assert page.count("Langkah terakhir dibatalkan") == 1
    assert list_findings() == []


def test_what_was_taken_back_does_not_stand(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    assert len(list_days_to_schedule()) == 1
    take_back(afresh(case), by=staff.petugas)
    assert list_days_to_schedule() == []
    standing = Event.objects.standing().filter(case=case).order_by("pk")
    assert [event.verb for event in standing][-2:] == ["prepare", TAKE_BACK]
    assert case.history.filter(verb="schedule").exists(), "the history keeps both"


def test_the_way_back_of_a_guest(staff: Staff) -> None:
    case = walk_in_at(State.HELD, staff)
    take_back(afresh(case), by=staff.petugas)
    running = Session.objects.get(case=case, cancelled_at=None)
    assert (afresh(case).state, running.finished_at) == (State.IN_SESSION, None)


def test_after_a_step_the_page_offers_its_way_back(staff: Staff) -> None:
    case, kadis = case_at(State.REGISTERED, staff), client_of(staff.kadis)
    address = f"/permohonan/{case.code}/decline/"
    typed = {"reason": "Bukan kewenangan dinas.", "version": case.version}
    page = kadis.post(address, typed, follow=True)
    assert f'href="/permohonan/{case.code}/take_back/"' in page.content.decode()
    form = kadis.get(f"/permohonan/{case.code}/take_back/")
    assert 'data-form="take_back"' in form.content.decode()
    kadis.post(f"/permohonan/{case.code}/take_back/", {"version": afresh(case).version})
    assert afresh(case).state == State.REGISTERED
