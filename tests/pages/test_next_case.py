"""After an own step, the page of the case offers the next case that waits."""

import datetime as dt

from consultations.enums import State
from kit import clock
from tests.factories import WAY, Staff, case_at, client_of


def test_the_page_after_a_step_offers_the_next_case(staff: Staff) -> None:
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
