"""Scripts beside the citizen: a button for each message, reading back at the counter, a calendar."""

import itertools

import pytest

from consultations.enums import State
from tests.browser.conftest import DESKTOP, Arrive
from tests.factories import Staff, case_at
from tests.shared_data import each

pytestmark = pytest.mark.browser

VOICE = """
const spoken = window.spoken = [];
Object.defineProperty(window, "speechSynthesis", { value: {
  speaking: false, cancel() {},
  getVoices: () => [false, true].map((localService) => ({ lang: "id-ID", localService })),
  speak: (one) => spoken.push(one.voice.localService ? one.text : "sent to another machine"),
} });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
"""Voices for Indonesian that write down what they say. Chromium without a screen has none."""


@each("path", ["/ajukan/", "/standar-layanan/"])
def test_what_is_read_aloud_is_what_is_seen_and_once(path: str, staff: Staff, arrive: Arrive) -> None:
    person = arrive()
    person.context.add_init_script(VOICE)
    page = person.open(path)
    page.locator("[data-read-aloud]").click()
    spoken = page.evaluate("spoken")
    assert page.locator("h1").inner_text() in spoken
    assert "sent to another machine" not in spoken
    for hidden in ("Jangan diisi", "Nama yang berkepentingan"):
        assert hidden not in " ".join(spoken)
    assert [one for one, following in itertools.pairwise(spoken) if one == following] == []
    assert all(one and one == " ".join(one.split()) for one in spoken)


REFUSES = "Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject() } })"


def test_a_browser_that_refuses_to_copy_leaves_the_text_selected(staff: Staff, arrive: Arrive) -> None:
    person = arrive()
    person.context.add_init_script(REFUSES)
    case = case_at(State.SUBMITTED, staff)
    page = person.open(f"/p/{case.secret}/tanda-terima/")
    button = page.locator("[data-copy]").first
    copied = page.locator(f"#{button.get_attribute('data-copy')}").inner_text()
    button.click()
    assert button.inner_text() == "Tekan lama, lalu pilih Salin"
    assert page.evaluate("getSelection().toString().trim()") == copied.strip()


@each(("size", "side_by_side"), [("usual", True), ("big", False)])
def test_big_figures_stay_in_their_cards(size: str, side_by_side: bool, staff: Staff, arrive: Arrive) -> None:
    person = arrive()
    person.context.add_cookies([{"name": "text_size", "value": size, "url": person.server}])
    page = person.open("/")
    page.set_viewport_size({"width": 360, "height": 800})
    first, second = (page.locator(".stats-2 .stat").nth(n).bounding_box() for n in (0, 1))
    assert first
    assert second
    assert (first["y"] == second["y"]) is side_by_side


def test_a_message_has_one_button_which_becomes_the_other(staff: Staff, arrive: Arrive) -> None:
    case_at(State.SCHEDULED, staff)
    plain = arrive("sekretariat", javascript=False).open("/pesan/")
    assert plain.locator("a[data-opens]").is_visible()
    assert plain.get_by_role("button", name="Sudah terkirim").is_visible(), "without a script there are both"
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
