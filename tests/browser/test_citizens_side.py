"""Scripts beside the citizen: a button for each message, reading back at the counter, a calendar."""

import pytest

from consultations.enums import State
from tests.browser.conftest import DESKTOP, Arrive
from tests.factories import Staff, case_at

pytestmark = pytest.mark.browser


def test_a_message_has_one_button_which_becomes_the_other(staff: Staff, arrive: Arrive) -> None:
    case_at(State.SCHEDULED, staff)
    person = arrive("sekretariat")
    page = person.open("/pesan/")
    page.context.route("**/whatsapp/", lambda route: route.fulfill(body="WhatsApp"))
    opens, sent = page.locator("a[data-opens]"), page.get_by_role("button", name="Sudah terkirim")
    assert (opens.is_visible(), sent.is_visible()) == (True, False)
    with page.context.expect_page() as chat:
        opens.click()
    chat.value.close()
    assert sent.is_visible()
    with page.expect_navigation():
        sent.click()
    assert "Semua pesan sudah terkirim" in person.said()


def test_without_a_script_both_are_shown(staff: Staff, arrive: Arrive) -> None:
    case_at(State.SCHEDULED, staff)
    page = arrive("sekretariat", javascript=False).open("/pesan/")
    assert page.locator("a[data-opens]").is_visible()
    assert page.get_by_role("button", name="Sudah terkirim").is_visible()


def test_the_counter_reads_back_what_is_typed(staff: Staff, arrive: Arrive) -> None:
    person = arrive("sekretariat", width=DESKTOP)
    page = person.open("/surat-masuk/")
    read_back = page.locator("[data-read-back]")
    assert not read_back.is_visible()
    person.fill("receive", applicant_name="Siti Contoh", material="Bantuan saya terhenti.")
    assert "Saya bacakan kembali." in read_back.inner_text()
    assert "Nama Bapak atau Ibu: Siti Contoh" in read_back.inner_text()
    assert "Yang Bapak atau Ibu sampaikan: Bantuan saya terhenti." in read_back.inner_text()
    assert "Perihalnya" not in read_back.inner_text()


def test_a_calendar_writes_the_date_as_it_is_typed(staff: Staff, arrive: Arrive) -> None:
    person = arrive("sekretariat", width=DESKTOP)
    page = person.open("/surat-masuk/")
    day = page.locator("[name=letter_date]")
    picker = day.locator("xpath=following-sibling::input[@type='date']")
    picker.evaluate("picker => { picker.value = '2026-11-03'; picker.dispatchEvent(new Event('change')); }")
    assert day.input_value() == "03-11-2026"
    day.fill("5/1/2026")
    picker.evaluate("picker => { picker.showPicker = () => {}; picker.nextElementSibling.click(); }")
    assert picker.input_value() == "2026-01-05"
    moment = page.locator("[name=at]")
    moment.locator("xpath=following-sibling::input").evaluate(
        "picker => { picker.value = '2026-11-03T09:30'; picker.dispatchEvent(new Event('change')); }"
    )
    assert moment.input_value() == "03-11-2026 09.30"
