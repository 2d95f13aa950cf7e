"""A subject, a name and an organisation without a space break no page of the staff."""

import pytest

from consultations.enums import State
from tests.browser.conftest import Arrive
from tests.factories import Staff, case_at

pytestmark = pytest.mark.browser

ENDLESS = {"subject": "S" * 190, "applicant_name": "N" * 140, "organisation": "L" * 140}


def test_a_word_without_end_breaks(staff: Staff, arrive: Arrive) -> None:
    waiting, closed = case_at(State.SUBMITTED, staff, **ENDLESS), case_at(State.CLOSED, staff, **ENDLESS)
    case_at(State.REGISTERED, staff, **ENDLESS)
    for name, paths in (
        ("pkd", ("/meja/", "/permohonan/", f"/permohonan/{waiting.code}/", "/agenda/")),
        ("kadis", ("/meja/", "/laporan/", f"/permohonan/{closed.code}/", "/dasbor/")),
    ):
        person = arrive(name)
        for path in paths:
            person.open(path)
            for width in (360, 1280):
                assert not person.is_too_wide(width), (path, width)
                for button in person.page.locator("main .table .btn").all():
                    box = button.bounding_box()
                    assert box is None or box["height"] < 50, (path, width)
