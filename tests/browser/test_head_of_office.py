"""The Kepala Dinas on a small telephone: everything that waits, one case after another."""

import pytest

from consultations.enums import State
from consultations.models import Case
from office.models import Instruction
from tests.browser.conftest import WITH_AND_WITHOUT, Arrive
from tests.browser.person import Person
from tests.factories import PASSWORD, Staff, case_at, walk_in_at

MOST_TAPS = 25

pytestmark = pytest.mark.browser


class Thumb:
    """Counts the taps of a person. Typing counts none."""

    def __init__(self, person: Person) -> None:
        self.page, self.taps = person.page, 0

    def tap(self, selector: str) -> None:
        self.page.locator(selector).locator("visible=true").first.click()
        self.taps += 1


@pytest.mark.parametrize("javascript", WITH_AND_WITHOUT)
def test_ten_waiting_cases_take_at_most_25_taps(
    javascript: bool, staff: Staff, instruction: Instruction, arrive: Arrive
) -> None:
    for _ in range(5):
        case_at(State.REGISTERED, staff)
    for _ in range(3):
        case_at(State.FORWARDED, staff)
    for _ in range(2):
        walk_in_at(State.HELD, staff)
    person = arrive(javascript=javascript)
    thumb, page = Thumb(person), person.page
    person.open("/masuk/")
    person.fill("login", login="kadis", password=PASSWORD)
    thumb.tap("form[data-form=login] button[type=submit]")
    thumb.tap("[data-queue]")
    verbs = []
    while "antrean=1" in page.url:
        verbs.append(page.locator("form.decide").get_attribute("data-form"))
        if verbs[-1] == "dispose":
            thumb.tap(".pick label")
        with page.expect_navigation():
            thumb.tap(".act button[type=submit]")
    assert sorted(map(str, verbs)) == ["accept"] * 3 + ["dispose"] * 5 + ["ratify"] * 2
    assert thumb.taps <= MOST_TAPS
    assert page.url.endswith("/meja/")
    assert "Tidak ada yang menunggu Anda" in person.said()
    assert not Case.objects.filter(state__in=[State.REGISTERED, State.FORWARDED]).exists()
