"""Step 8 in a browser: an urgent visitor on one screen of the counter, to the accepted report."""

import pytest

from consultations.enums import State
from tests.browser.conftest import DESKTOP, HEIGHT, Arrive
from tests.factories import Staff

pytestmark = pytest.mark.browser


def test_urgent_visitor_is_taken_in_on_one_screen_and_served(staff: Staff, arrive: Arrive) -> None:
    sekretariat = arrive("sekretariat", width=DESKTOP)
    sekretariat.follow("walk_in")
    button = sekretariat.form("walk_in").locator("button[type=submit]").bounding_box()
    assert button
    assert button["y"] + button["height"] <= HEIGHT
    sekretariat.send(
        "walk_in",
        applicant_name="Budi Contoh",
        phone="0813 1111 2222",
        subject="Warga terlantar di pelabuhan",
        served_by=f"{staff.division.pk}-{staff.petugas.pk}",
    )
    code = sekretariat.code
    assert f"Kode lacak: {code}" in sekretariat.said()
    assert sekretariat.state == State.ASSIGNED

    petugas, kabid, kadis = (arrive(name) for name in ("petugas", "kabid", "kadis"))
    petugas.take("start", code)
    petugas.take("finish", code, attendees="Budi Contoh")
    petugas.take("report", code, results="Warga ditampung.", solutions="Rujuk ke panti.")
    kabid.take("forward", code)
    kadis.take("accept", code)
    assert kadis.state == State.CLOSED
    assert "Rujuk ke panti." in kadis.said()
