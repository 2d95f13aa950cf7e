"""Step 8 in a browser: an urgent visitor on one screen of the counter."""

import pytest

from consultations.enums import State
from tests.browser.conftest import DESKTOP, HEIGHT, Arrive
from tests.factories import Staff

pytestmark = pytest.mark.browser


@pytest.mark.release
def test_urgent_visitor_is_taken_in_on_one_screen(staff: Staff, arrive: Arrive) -> None:
    sekretariat = arrive("sekretariat", width=DESKTOP)
    sekretariat.follow("walk_in")
    button = sekretariat.form("walk_in").locator("button[type=submit]").bounding_box()
    assert button
    assert button["y"] + button["height"] <= HEIGHT
    who = {"applicant_name": "Budi Contoh", "phone": "0813 1111 2222", "subject": "Warga terlantar"}
    sekretariat.send("walk_in", **who, served_by=f"{staff.division.pk}-{staff.petugas.pk}")
    assert f"Kode lacak: {sekretariat.code}" in sekretariat.said()
    assert sekretariat.state == State.ASSIGNED
