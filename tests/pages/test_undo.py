"""After an own step: take it back within ten seconds, or go on with the next case that waits."""

import datetime as dt

import pytest

from consultations.enums import State
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from consultations.undo import undo
from kit import clock
from kit.refusal import Refused
from tests.factories import WAY, ClientOf, Staff, case_at, come_due, walk_in_at

BUTTON = 'data-form="undo"'


@pytest.fixture
def started(staff: Staff) -> Case:
    case = come_due(case_at(State.SCHEDULED, staff))
    scheduling_services.start(case, by=staff.petugas)
    return case


def test_a_step_is_taken_back_and_the_history_has_both(
    started: Case, staff: Staff, client_of: ClientOf
) -> None:
    officer, page = client_of(staff.petugas), f"/permohonan/{started.code}/"
    assert BUTTON in officer.get(page).text
    assert BUTTON not in client_of(staff.kabid).get(page).text
    answer = officer.post(f"{page}batalkan/", follow=True)
    assert "Langkah tadi dibatalkan" in answer.text
    started.refresh_from_db()
    assert started.state == State.SCHEDULED
    verbs = started.history.order_by("-pk").values_list("verb", "note")[:2]
    assert [*verbs] == [("undo_start", "Dibatalkan seketika."), ("start", "")]


def test_it_is_refused_after_ten_seconds(started: Case, staff: Staff, client_of: ClientOf) -> None:
    with clock.set_to(clock.now() + dt.timedelta(seconds=11)):
        officer, page = client_of(staff.petugas), f"/permohonan/{started.code}/"
        assert BUTTON not in officer.get(page).text
        assert "Sudah lewat 10 detik" in officer.post(f"{page}batalkan/", follow=True).text
    started.refresh_from_db()
    assert started.state == State.IN_SESSION


def test_it_is_refused_to_others_and_after_another_step(started: Case, staff: Staff) -> None:
    with pytest.raises(Refused, match="Langkah terakhir"):
        undo(started, by=staff.kabid)
    scheduling_services.undo_start(started, by=staff.petugas)
    with pytest.raises(Refused, match="Langkah terakhir"):
        undo(started, by=staff.petugas)


def test_a_start_without_a_schedule_and_a_step_that_tells_others_are_not_offered(
    staff: Staff, client_of: ClientOf
) -> None:
    visitor, registered = walk_in_at(State.IN_SESSION, staff), case_at(State.REGISTERED, staff)
    assert BUTTON not in client_of(staff.petugas).get(f"/permohonan/{visitor.code}/").text
    assert BUTTON not in client_of(staff.pkd).get(f"/permohonan/{registered.code}/").text
    with pytest.raises(Refused):
        undo(visitor, by=staff.petugas)
    with pytest.raises(Refused):
        undo(registered, by=staff.pkd)


def test_the_page_after_a_step_offers_the_next_case(staff: Staff, client_of: ClientOf) -> None:
    first, second = (case_at(State.SUBMITTED, staff, subject=f"Urusan {n}") for n in (1, 2))
    pkd, page = client_of(staff.pkd), f"/permohonan/{first.code}/"
    offer = f'/meja/berikutnya/?kode={second.code}"'
    assert offer not in pkd.get(page).text
    WAY[State.REGISTERED](first, staff)
    assert offer in pkd.get(page).text
    assert offer not in client_of(staff.kadis).get(page).text
    WAY[State.REGISTERED](second, staff)
    assert "/meja/berikutnya/?kode=" not in pkd.get(page).text
    with clock.set_to(clock.now() + dt.timedelta(minutes=2)):
        assert offer not in client_of(staff.pkd).get(page).text
