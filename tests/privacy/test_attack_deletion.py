"""Attacks on deletions: one official alone, stale approvals, and what the second official sees."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from consultations.enums import Identity, Kind, State
from consultations.identity import can_reveal_identity
from consultations.models import Case
from kit import clock
from kit.records import ERASED
from kit.refusal import Refused
from office.models import Role
from tests.factories import WAY, ClientOf, Staff, afresh, applicant, appoint, case_at
from tests.pages.test_hidden_identity import hidden_at
from tests.standard.steps import CALLS
from trust.archive import destruction
from trust.privacy.deletion import (
    ask_deletion,
    ask_deletion_for,
    confirm_deletion,
    decide_deletion,
    stop_deletion,
)
from trust.privacy.erasure import anonymise, enqueue_unfinished
from trust.privacy.models import Disposal

WEEK = dt.timedelta(days=7, minutes=5)


def granted(case: Case, staff: Staff, verb: str = "decide_deletion") -> Disposal:
    ask_deletion(case, by=applicant(case), reason="Selesai.")
    by = staff.pkd if verb.endswith("_for") else staff.kadis
    decide_deletion(afresh(case), by=by, decision="GRANTED", reason="Ya.", verb=verb)
    return Disposal.objects.latest("pk")


def test_another_head_does_not_replace_the_supervisor(staff: Staff, client_of: ClientOf) -> None:
    """The page of lists for destruction took the approval of any head but the proposer."""
    case = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT)
    disposal = granted(case, staff)
    appoint(staff.other_kabid, Role.HEAD, acting="Plh.")
    client_of(staff.other_kabid).post(f"/arsip/usul/{disposal.pk}/", {"is_approved": "yes", "reason": "Ya."})
    disposal.refresh_from_db()
    assert disposal.decided_at is None
    with pytest.raises(Refused):
        destruction.decide(disposal, by=staff.other_kabid, is_approved=True, reason="Ya.")


def test_the_head_neither_sees_nor_approves_what_tim_pkd_granted_without_him(
    staff: Staff, client_of: ClientOf
) -> None:
    case = case_at(State.WITHDRAWN, staff, kind=Kind.COMPLAINT)
    disposal, head = granted(case, staff, "decide_deletion_for"), client_of(staff.kadis)
    for page in ("/arsip/", f"/arsip/usul/{disposal.pk}/"):
        answer = head.get(page)
        assert (answer.status_code, case.code in answer.text) == (200, False), page
    answer = head.post(f"/arsip/usul/{disposal.pk}/", {"is_approved": "yes", "reason": "Ya."})
    assert answer.status_code != 302
    disposal.refresh_from_db()
    assert disposal.decided_at is None


def test_a_stopped_deletion_is_not_executed_by_a_task_that_had_begun(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    disposal = granted(case, staff)
    with clock.set_to(clock.now() + WEEK):
        begun = Disposal.objects.to_execute().get(pk=disposal.pk)
        stop_deletion(afresh(case), by=applicant(case))
        anonymise(afresh(case), begun)
    assert afresh(case).applicant_name != ERASED


def test_who_wrote_the_request_down_does_not_decide_it(staff: Staff) -> None:
    """A clerk of the Sekretariat who stands in for the head asked and granted alone."""
    case = case_at(State.CLOSED, staff)
    ask_deletion_for(case, by=staff.sekretariat, checked_with="OFFICE_CARD", reason="Selesai.")
    appoint(staff.sekretariat, Role.HEAD, acting="Plh.")
    by = type(staff.sekretariat).objects.get(pk=staff.sekretariat.pk)
    with pytest.raises(Refused):
        decide_deletion(afresh(case), by=by, decision="GRANTED", reason="Ya.")


def test_a_case_that_was_a_complaint_takes_two(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT, identity=Identity.OPEN)
    CALLS["to_consultation"](case, staff, staff.pkd)
    case = afresh(case)

    started = False
    for state in list(WAY):
        if state == State.DISPOSED:
            started = True
        if started and case.state != State.CLOSED:
            WAY[state](case, staff)
    assert (case.state, case.kind) == (State.CLOSED, Kind.CONSULTATION)
    disposal = granted(case, staff)
    assert disposal.decided_by is None


def test_the_second_official_reveals_no_identity(staff: Staff) -> None:
    case = hidden_at(State.CLOSED, staff)
    granted(case, staff)
    assert not can_reveal_identity(staff.pengawas, afresh(case))


def test_the_supervisor_sees_nothing_of_other_cases(staff: Staff, client_of: ClientOf) -> None:
    waiting = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT)
    other = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT, subject="Perihal lain sama sekali")
    granted(waiting, staff)
    supervisor = client_of(staff.pengawas)
    for page in ("/permohonan/", "/meja/", "/laporan/", "/cari/?q=Perihal", "/jadwal/", "/pemberitahuan/"):
        text = supervisor.get(page, follow=True).text
        assert other.code not in text, page
        assert "Perihal lain sama sekali" not in text, page


def test_tim_pkd_decides_only_what_the_head_cannot_see(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    with pytest.raises(Refused):
        granted(case, staff, "decide_deletion_for")


def test_confirm_twice_and_by_the_granter(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT)
    granted(case, staff)
    staff.kadis.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    appoint(staff.kadis, Role.SUPERVISOR, starts=clock.today())
    by = type(staff.kadis).objects.get(pk=staff.kadis.pk)
    with pytest.raises(Refused):
        confirm_deletion(afresh(case), by=by, decision="GRANTED", reason="Ya.")
    confirm_deletion(afresh(case), by=staff.pengawas, decision="GRANTED", reason="Ya.")
    with pytest.raises(PermissionDenied):
        confirm_deletion(afresh(case), by=staff.pengawas, decision="GRANTED", reason="Ya.")
    stop_deletion(afresh(case), by=applicant(case))
    with clock.set_to(clock.now() + WEEK):
        assert enqueue_unfinished() == 0
