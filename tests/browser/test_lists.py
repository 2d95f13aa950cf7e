"""The list of cases with a choice of several."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from consultations.enums import State
from consultations.models import Case
from kit import clock
from notices.models import Notice
from tests.browser.conftest import WITH_AND_WITHOUT, Arrive
from tests.factories import Staff
from tests.many_cases import cases_at

pytestmark = pytest.mark.browser


def test_the_bar_says_how_many_are_chosen_and_late(staff: Staff, arrive: Arrive) -> None:
    late, *_others = cases_at(State.ASSIGNED, staff, 3)
    Case.objects.filter(pk=late.pk).update(due_at=clock.now() - dt.timedelta(hours=1))
    head = arrive("kadis")
    page = head.open("/permohonan/")
    bar = page.locator(".bulk")
    expect(bar).to_be_hidden()
    page.locator(f'[value="{late.code}"]').check()
    expect(bar.locator("[data-chosen]")).to_have_text("1 dipilih")
    bar.get_by_role("button", name="Pilih semua di halaman ini").click()
    expect(bar.locator("[data-chosen]")).to_have_text("3 dipilih")
    expect(bar.locator("[data-late]")).to_have_text("1 terlambat")
    bar.get_by_role("button", name="Batalkan pilihan").click()
    expect(bar).to_be_hidden()


@pytest.mark.parametrize("javascript", WITH_AND_WITHOUT)
def test_chosen_cases_are_reminded_of(staff: Staff, arrive: Arrive, javascript: bool) -> None:
    first, second = cases_at(State.ASSIGNED, staff, 2)
    page = arrive("kadis", javascript=javascript).open("/permohonan/?state=ASSIGNED")
    for case in (first, second):
        page.locator(f'[value="{case.code}"]').check()
    page.get_by_role("button", name="Ingatkan").click()
    page.locator(f'[data-case="{second.code}"] input').uncheck()
    page.get_by_role("button", name="Ingatkan").click()
    page.wait_for_url("**/permohonan/?state=ASSIGNED")
    assert Notice.objects.get(kind="REMINDER").case == first
