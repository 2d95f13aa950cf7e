"""A request from a cheap telephone: the network goes, the tab is closed, the photograph is large."""

import io
import re
from typing import Any

import pikepdf
import pytest
from PIL import Image
from playwright.sync_api import Page

from consultations.enums import State
from consultations.intake.drafts import delete
from consultations.intake.models import RequestDraft
from consultations.models import Attachment, Case
from consultations.personal_fields import IDENTIFYING
from tests.browser.conftest import Arrive
from tests.browser.person import MATTER, Person, chosen, new_request
from tests.factories import Staff, case_at
from tests.submitting import find_draft

pytestmark = pytest.mark.browser

AT_DRAFT = re.compile(r"/ajukan/[0-9a-f-]{36}/$")
KEPT = "() => JSON.stringify(localStorage)"


@pytest.fixture
def person(staff: Staff, arrive: Arrive) -> Person:
    return arrive()


@pytest.fixture
def page(person: Person) -> Page:
    return person.open("/ajukan/")


def fill_in(person: Person, **more: Any) -> None:
    person.fill("submit", **new_request(**more))


def save(page: Page) -> None:
    page.get_by_role("button", name="Simpan dulu").click()
    page.wait_for_url(AT_DRAFT)


def wait_for_the_network(page: Page) -> None:
    page.get_by_text("Belum terkirim: sambungan terputus.").wait_for()


def forgive_the_network(person: Person) -> None:
    person.faults = [fault for fault in person.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def material(page: Page) -> str:
    return page.locator("[name=material]").input_value()


def test_the_network_is_cut_while_typing_and_nothing_is_lost(person: Person, page: Page) -> None:
    person.context.set_offline(True)
    fill_in(person, no_letter=True)
    person.press("submit")
    wait_for_the_network(page)
    assert material(page) == MATTER
    assert not RequestDraft.objects.exists()

    person.context.set_offline(False)  # it is sent by itself
    page.wait_for_url("**/periksa/")
    person.context.set_offline(True)
    person.press("submit")
    wait_for_the_network(page)
    person.context.set_offline(False)
    page.wait_for_url("**/tanda-terima/")
    assert Case.objects.get().material == MATTER
    assert MATTER not in page.evaluate(KEPT)
    forgive_the_network(person)


@pytest.mark.release
def test_a_closed_tab_gives_back_what_was_typed_until_it_is_forgotten(person: Person, page: Page) -> None:
    fill_in(person, no_letter=True)
    token = page.locator("[name=submission_token]").input_value()
    page.close()
    person.page = page = person.context.new_page()
    person.open("/ajukan/")
    assert "Isian Anda yang belum terkirim kami tampilkan lagi" in person.said()
    assert material(page) == MATTER
    assert page.locator("[name=no_letter]").is_checked()
    assert page.locator("[name=submission_token]").input_value() == token
    person.press("submit")
    page.wait_for_url("**/periksa/")
    assert find_draft(token) == RequestDraft.objects.get()


@pytest.mark.release
def test_what_was_never_sent_is_forgotten_with_two_taps(person: Person, page: Page) -> None:
    fill_in(person)
    page.reload()
    assert material(page) == MATTER
    assert not page.get_by_role("button", name="Ya, hapus isian ini").is_visible()
    page.get_by_text("Hapus isian ini …").click()
    page.get_by_role("button", name="Ya, hapus isian ini").click()
    page.wait_for_function("() => !document.querySelector('[name=material]').value")
    assert MATTER not in page.evaluate(KEPT)


@pytest.mark.release
def test_who_comes_back_finds_the_files_that_the_server_has(person: Person, page: Page) -> None:
    fill_in(person, letter=chosen("surat.jpg", photograph()))
    save(page)
    person.fill("submit", material=f"{MATTER} Dan data lama?")
    person.open("/ajukan/")
    page.wait_for_url(AT_DRAFT)
    assert "Tersimpan: surat.jpg" in person.said()
    assert material(page) == f"{MATTER} Dan data lama?"
    page.get_by_text("Hapus isian ini …").last.click()
    page.get_by_role("button", name="Ya, hapus isian ini").last.click()
    page.get_by_role("heading", name="Isian sudah dihapus.").wait_for()
    assert MATTER not in page.evaluate(KEPT)
    assert not RequestDraft.objects.exists()


@pytest.mark.release
def test_a_file_chosen_before_the_page_finds_its_draft_is_sent(person: Person, page: Page) -> None:
    fill_in(person)
    save(page)
    waiting: list[Any] = []
    page.route(AT_DRAFT, lambda route: waiting.append(route))
    with page.expect_request(AT_DRAFT):
        person.open("/ajukan/")
    person.fill("submit", letter=chosen("surat.jpg", photograph()))
    waiting[0].continue_()
    page.unroute(AT_DRAFT)
    page.wait_for_timeout(1_000)
    assert page.url.endswith("/ajukan/")
    person.press("submit")
    page.wait_for_url("**/periksa/")
    assert RequestDraft.objects.get().files.get().name == "surat.jpg"


@pytest.mark.release
def test_a_file_that_is_too_large_is_refused_before_it_is_sent(person: Person, page: Page) -> None:
    fill_in(person, letter=chosen("surat.pdf", b"0" * 6_000_000))
    page.get_by_text("surat.pdf (6 MB): Berkas lebih besar dari 5 MB.").wait_for()
    person.press("submit")
    page.wait_for_timeout(1_000)
    assert page.locator("[name=letter]").evaluate("input => input === document.activeElement")
    assert not RequestDraft.objects.exists()


@pytest.mark.release
def test_the_link_to_keep_is_copied_and_handed_on(staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.SUBMITTED, staff)
    person = arrive()
    person.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.context.add_init_script("navigator.share = async (what) => { window.shared = what.url; }")
    page = person.open(f"/p/{case.secret}/tanda-terima/")
    link = f"https://layanan.example/p/{case.secret}/"
    page.get_by_role("button", name="Salin tautan").click()
    page.get_by_role("button", name="Tersalin").wait_for()
    assert page.evaluate("() => navigator.clipboard.readText()") == link
    page.get_by_role("button", name="Bagikan").click()
    assert page.evaluate("() => window.shared") == link
    page = arrive(javascript=False).open(f"/p/{case.secret}/tanda-terima/")
    assert not page.locator("main").get_by_role("button").count()


@pytest.mark.release
def test_what_the_server_has_erased_is_still_on_the_telephone(person: Person, page: Page) -> None:
    person.fill("submit", material=MATTER)
    save(page)
    delete(RequestDraft.objects.all())
    with page.expect_response(AT_DRAFT):
        person.open("/ajukan/")
    person.fill("submit", applicant_name="Siti Contoh")
    page.reload()
    assert (material(page), page.locator("[name=applicant_name]").input_value()) == (MATTER, "Siti Contoh")
    person.faults = [fault for fault in person.faults if not fault.startswith("404")]


@pytest.mark.release
@pytest.mark.parametrize(
    ("state", "verb", "name", "page_after"),
    [
        (State.SCHEDULED, "withdraw", "reason", "/p/"),
        (State.INCOMPLETE, "complete", "note", "/p/"),
        (State.CLOSED, "survey", "comment", "/terima-kasih/"),
    ],
)
def test_what_is_typed_behind_the_link_is_not_lost_either(
    state: State, verb: str, name: str, page_after: str, staff: Staff, person: Person
) -> None:
    case = case_at(state, staff)
    address = f"/survei/{case.secret}/" if verb == "survey" else f"/p/{case.secret}/{verb}/"
    page = person.open(address)
    ratings = dict.fromkeys((f"u{n}" for n in range(1, 10)), "4") if verb == "survey" else {}
    person.fill(verb, **{name: MATTER, **ratings})
    person.open(f"/p/{case.secret}/")  # looked up once more: still to be sent

    page = person.open(address)
    assert "Isian Anda yang belum terkirim kami tampilkan lagi" in person.said()
    assert page.locator(f"[name={name}]").input_value() == MATTER
    person.context.set_offline(True)
    person.press(verb)
    wait_for_the_network(page)
    with page.expect_navigation():
        person.context.set_offline(False)
    page.wait_for_function("() => document.readyState === 'complete'")
    assert page_after in page.url
    assert page.evaluate(KEPT) == "{}"
    forgive_the_network(person)


@pytest.mark.release
def test_code_and_number_wait_for_the_network_and_stay_on_no_telephone(staff: Staff, person: Person) -> None:
    case = case_at(State.SUBMITTED, staff)
    page = person.open("/lacak/")
    person.context.set_offline(True)
    person.fill("lookup", code=case.code, phone="0812-3456-7890")
    person.press("lookup")
    wait_for_the_network(page)
    assert page.evaluate(KEPT) == "{}"
    person.context.set_offline(False)
    page.wait_for_url("**/p/~*/")
    forgive_the_network(person)


@pytest.mark.release
def test_where_nobody_says_that_the_network_is_back_it_is_tried_again(staff: Staff, person: Person) -> None:
    person.page.clock.install()
    page = person.open("/ajukan/")
    fill_in(person, no_letter=True)
    page.route("**/healthz", lambda route: route.abort())
    person.press("submit")
    wait_for_the_network(page)
    page.clock.run_for(16_000)
    assert "Belum terkirim: sambungan terputus." in person.said()
    page.unroute("**/healthz")
    page.clock.run_for(16_000)
    page.wait_for_url("**/periksa/")
    person.faults = [fault for fault in person.faults if "healthz" not in fault and "ERR_FAILED" not in fault]


@pytest.mark.release
def test_a_telephone_does_not_keep_who_complains_in_secret(staff: Staff, person: Person) -> None:
    page = person.open("/pengaduan/")
    page.evaluate("() => document.querySelectorAll('details').forEach((part) => part.open = true)")
    person.fill("submit", **{name: f"rahasia {name}" for name in IDENTIFYING})
    for identity, is_kept in (("OPEN", True), ("CONFIDENTIAL", False), ("ANONYMOUS", False)):
        page.locator(f"[name=identity][value={identity}]").check()
        person.fill("submit", material=f"{MATTER} {identity}")
        kept = page.evaluate(KEPT)
        assert f"{MATTER} {identity}" in kept
        assert [f"rahasia {name}" in kept for name in IDENTIFYING] == [is_kept] * len(IDENTIFYING)
        is_asked = identity != "ANONYMOUS"
        asked = [page.locator(f"[name={name}]").is_visible() for name in ("applicant_name", "phone")]
        assert asked == [is_asked, is_asked]
        assert page.locator("#kontak summary").is_visible() is is_asked


@pytest.mark.release
def test_what_was_typed_after_the_last_saving_survives_a_reload(person: Person, page: Page) -> None:
    person.fill("submit", material=MATTER)
    save(page)
    person.fill("submit", material=f"{MATTER} Dan data lama?")
    page.reload()
    assert material(page) == f"{MATTER} Dan data lama?"
    page.get_by_role("button", name="Simpan dulu").click()
    page.wait_for_function("() => document.querySelector('[data-restored]').hidden")
    assert material(page) == f"{MATTER} Dan data lama?"
    assert RequestDraft.objects.get().typed["material"] == f"{MATTER} Dan data lama?"


@pytest.mark.release
def test_without_javascript_one_saves_and_comes_back_by_the_link(staff: Staff, arrive: Arrive) -> None:
    person = arrive(javascript=False)
    page = person.open("/ajukan/")
    fill_in(person, letter=chosen("surat.jpg", photograph()))
    page.get_by_role("button", name="Simpan dulu").click()
    link = page.locator("a.secret-link")
    path = str(link.get_attribute("href"))
    assert link.inner_text() == f"https://layanan.example{path}"
    assert "Isian Anda tersimpan" in person.said()

    later = arrive(javascript=False)
    page = later.open(path)
    assert material(page) == MATTER
    assert "surat.jpg" in later.said()
    later.press("submit")
    assert "Periksa sebelum dikirim" in later.said()
    later.send("submit")
    assert "sudah kami terima" in later.said()
    assert Attachment.objects.get().content_type == "application/pdf"


@pytest.mark.release
def test_photographs_of_a_letter_are_shrunk_and_become_one_pdf(person: Person, page: Page) -> None:
    fill_in(person)
    large, other = photograph((3000, 2200), noise=True), photograph((2400, 2600), noise=True)
    person.fill("submit", letter=[chosen("satu.jpg", large), chosen("dua.jpg", other)])
    note = page.locator("#div_id_letter .shrunk")
    note.get_by_text("→").wait_for()
    assert re.fullmatch(r"\d(,\d)? MB → [\d,]+ [kM]B, \d(,\d)? MB → [\d,]+ [kM]B", note.inner_text())
    person.press("submit")
    page.wait_for_url("**/periksa/")
    sizes = RequestDraft.objects.get().files.values_list("size", flat=True)
    assert len(sizes) == 2
    assert all(size < len(large) / 2 for size in sizes)
    person.send("submit")
    with pikepdf.open(Attachment.objects.get().file.path) as letter:
        assert len(letter.pages) == 2


@pytest.mark.release
def test_near_the_limit_the_browser_works_and_sends_by_itself(person: Person, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"submit_address": "1/1s/ip", "submit_phone": "0/d/key"}
    page = person.open("/ajukan/")
    fill_in(person, no_letter=True)
    person.press("submit")
    page.wait_for_url("**/periksa/")
    person.press("submit")
    page.wait_for_url("**/tanda-terima/")
    assert Case.objects.count() == 1


def photograph(size: tuple[int, int] = (300, 200), *, noise: bool = False) -> bytes:
    picture = Image.effect_noise(size, 60) if noise else Image.new("RGB", size, "white")
    stream = io.BytesIO()
    picture.convert("RGB").save(stream, "JPEG", quality=80)
    return stream.getvalue()
