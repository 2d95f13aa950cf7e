"""A subject, a name and an organisation without a space break no page of the staff."""

import pytest

from consultations.enums import State
from tests.browser.conftest import Arrive
from tests.factories import Staff, case_at
from tests.shared_data import each

pytestmark = pytest.mark.browser

ENDLESS = {"subject": "S" * 190, "applicant_name": "N" * 140, "organisation": "L" * 140}


@each("width", [360, 1280])
def test_a_word_without_end_breaks(width: int, staff: Staff, arrive: Arrive) -> None:
    waiting, closed = case_at(State.SUBMITTED, staff, **ENDLESS), case_at(State.CLOSED, staff, **ENDLESS)
    case_at(State.REGISTERED, staff, **ENDLESS)
    for name, paths in (
        ("pkd", ("/meja/", "/permohonan/", f"/permohonan/{waiting.code}/", "/agenda/")),
        ("kadis", ("/meja/", "/laporan/", f"/permohonan/{closed.code}/", "/dasbor/")),
    ):
        person = arrive(name)
        person.page.set_viewport_size({"width": width, "height": 800})
        for path in paths:
            person.open(path)
            assert person.page.evaluate("document.documentElement.scrollWidth") <= width, path
            for button in person.page.locator("main .table .btn").all():
                box = button.bounding_box()
                assert box is None or box["height"] < 50, path
