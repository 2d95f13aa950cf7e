"""A desk that is open shows what arrives, and leaves what is under a hand alone."""

import pytest

from consultations.enums import State
from tests.browser.conftest import Arrive
from tests.factories import WAY, Staff, case_at, come_due

pytestmark = pytest.mark.browser

SOON = 15_000
"""Milliseconds within which the page must have asked again, also on a slow machine."""


def test_a_case_appears_on_the_desk_by_itself(staff: Staff, arrive: Arrive) -> None:
    officer = arrive("petugas")
    case = case_at(State.DISPOSED, staff)
    assert not officer.page.locator(f'[data-case="{case.code}"]').count()
    WAY[State.ASSIGNED](case, staff)
    row = officer.page.locator(f'[data-case="{case.code}"]')
    row.wait_for(timeout=SOON)
    assert officer.page.locator("[data-live-bar]").inner_text() == f"Baru: {case.subject}"
    assert officer.page.locator("[data-bell] .count").inner_text() == "1"


def test_an_arrival_that_the_front_desk_notes_appears_on_the_officers_desk(
    staff: Staff, arrive: Arrive
) -> None:
    case = come_due(case_at(State.SCHEDULED, staff))
    officer, counter = arrive("petugas"), arrive("sekretariat")
    counter.open("/meja-depan/")
    with counter.page.expect_navigation():
        counter.page.locator(f'[data-guest="{case.sessions.get().pk}"] [value="CAME"]').click()
    assert counter.page.locator(f'.queue-list [data-case="{case.code}"]').count() == 1
    officer.page.get_by_text("Tamu sudah datang, menunggu sejak").wait_for(timeout=SOON)


def test_nothing_moves_under_a_hand(staff: Staff, arrive: Arrive) -> None:
    known = case_at(State.ASSIGNED, staff)
    officer = arrive("petugas")
    officer.page.locator(f'[data-case="{known.code}"] a').first.focus()
    case = case_at(State.ASSIGNED, staff)
    show = officer.page.locator("[data-live-bar] button")
    show.wait_for(timeout=SOON)
    assert not officer.page.locator(f'[data-case="{case.code}"]').count()
    with officer.page.expect_navigation():
        show.click()
    assert officer.page.locator(f'[data-case="{case.code}"]').count()


def test_an_open_case_says_that_it_has_moved(staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.REGISTERED, staff)
    head = arrive("kadis")
    head.open(f"/permohonan/{case.code}/")
    WAY[State.DISPOSED](case, staff)
    show = head.page.locator("[data-live-bar] button")
    show.wait_for(timeout=SOON)
    assert head.state == State.REGISTERED
    with head.page.expect_navigation():
        show.click()
    assert head.state == State.DISPOSED
