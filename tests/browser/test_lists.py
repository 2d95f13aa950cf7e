"""The list of cases with a choice of several, and the calendar that is moved with mouse or keys."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from consultations.enums import State
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from kit import clock
from notices.models import Notice
from tests.browser.conftest import DESKTOP, WITH_AND_WITHOUT, Arrive
from tests.factories import Staff, prepared_by, working_moment
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


def test_a_session_is_moved_with_the_mouse_and_with_keys(staff: Staff, arrive: Arrive) -> None:
    days = (working_moment(ahead, hour=10) for ahead in range(3, 20))
    planned = next(moment for moment in days if moment.weekday() < 4)  # the calendar shows the next day, too
    case = prepared_by(staff.petugas, staff)
    scheduling_services.schedule(case, by=staff.petugas, starts_at=planned)
    day = timezone.localdate(planned)
    officer = arrive("petugas", width=DESKTOP)
    page = officer.open(f"/kalender/?week={day}")
    link = page.locator(f'[data-case="{case.code}"] .ev')
    link.focus()
    for key in ("m", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator("[data-move-status]")).to_contain_text("10.30")
    page.keyboard.press("Escape")
    expect(page.locator("[data-move-status]")).to_have_text("Jadwal tidak dipindahkan.")
    for key in ("m", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    next_day = day + dt.timedelta(days=1)
    page.wait_for_url(f"**/reschedule/?starts_at={next_day}T10%3A30")
    officer.open(f"/kalender/?week={day}")
    link.scroll_into_view_if_needed()
    box = link.bounding_box()
    assert box
    two_hours = 8 * 16  # rows of 16 px for 15 minutes
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 5, box["y"] - two_hours, steps=4)
    page.mouse.move(box["x"] + 5, box["y"] - two_hours + 5, steps=2)
    page.mouse.up()
    page.wait_for_url(re.compile(rf"/reschedule/\?starts_at={day}T08%3A00"))
    case.refresh_from_db()
    assert case.planned_at == planned, "the form has not been sent"
