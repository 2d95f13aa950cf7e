"""A voice note of the head in the telephone of the secretariat, and the answer with one tap."""

import pytest

from consultations.enums import State
from tests.browser.conftest import Arrive
from tests.browser.person import chosen
from tests.factories import Staff, afresh, case_at
from tests.standard.test_relayed import wav

pytestmark = [pytest.mark.browser, pytest.mark.release]

HEARD = (
    "note => { note.load(); return new Promise(done => note.onloadedmetadata = () => done(note.duration)) }"
)


def test_a_voice_note_is_entered_heard_and_ratified(staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.REGISTERED, staff)
    clerk = arrive("sekretariat")
    clerk.open(f"/permohonan/{case.code}/dispose_for/")
    form, page = clerk.form("dispose_for"), clerk.page
    taps = [
        "label:has([name=way][value=TELEPHONE])",
        f"label:has([name=division][value='{staff.division.pk}'])",
    ]
    for choice in taps:
        form.locator(choice).first.click()
    form.locator("[name=proof]").set_input_files(chosen("rekaman.wav", wav()))
    with page.expect_navigation():
        form.locator(".act button[type=submit]").click()
    assert clerk.state == State.DISPOSED
    head = arrive("kadis")
    head.page.locator(f'[data-case="{case.code}"] a').first.click()
    head.follow("ratify")
    assert head.page.locator("audio").evaluate(HEARD) == pytest.approx(1, abs=0.1)
    with head.page.expect_navigation():
        head.page.locator(".act button[type=submit]").click()
    head.page.locator('[data-message="success"]').wait_for()
    assert not afresh(case).awaits_ratification
