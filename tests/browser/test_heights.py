"""Forms on a phone: none is longer than 2,500 px, and the first field is on the first screen."""

import pytest

from consultations.enums import State
from tests.browser.conftest import Arrive
from tests.factories import Staff, case_at
from tests.shared_data import each

pytestmark = pytest.mark.browser

LONGEST, SCREEN = 2_500, 800

FORMS = [
    ("register", State.SUBMITTED, "pkd"),
    ("dispose", State.REGISTERED, "kadis"),
    ("assign", State.DISPOSED, "kabid"),
    ("prepare", State.ASSIGNED, "petugas"),
    ("schedule", State.PREPARED, "petugas"),
    ("revise", State.REPORTED, "kabid"),
]
"""Each verb with the state of its case and the user who takes it."""

FIRST = """form => [...form.elements].find(field => field.type != "hidden" && field.checkVisibility()
    && !field.matches("fieldset, [type=submit]")).getBoundingClientRect().top"""


@each(("verb", "state", "name"), FORMS)
def test_a_form_is_short_and_begins_on_the_first_screen(
    verb: str, state: State, name: str, staff: Staff, arrive: Arrive
) -> None:
    case = case_at(state, staff, material="Bagaimana cara mengusulkan warga desa kami? " * 4)
    person = arrive(name)
    page = person.open(f"/permohonan/{case.code}/{verb}/")
    assert page.evaluate("() => document.documentElement.scrollHeight") <= LONGEST
    assert person.form(verb).evaluate(FIRST) < SCREEN
    folded = page.get_by_text("Berkas, data, dan catatan")
    assert not page.get_by_text("Kode lacak").is_visible()
    folded.click()
    assert page.get_by_text("Kode lacak").is_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.reload()
    assert page.get_by_text("Kode lacak").is_visible()
    assert not folded.is_visible()


def test_the_forms_of_citizens_are_short(staff: Staff, arrive: Arrive) -> None:
    visitor = arrive()
    for path in ("/ajukan/", "/pengaduan/"):
        visitor.open(path)
        assert visitor.page.evaluate("() => document.documentElement.scrollHeight") <= LONGEST, path
        assert visitor.form("submit").evaluate(FIRST) < SCREEN, path
