"""The report's editor in a browser: typing is saved, lines break and come back, rows by keyboard alone."""

import re

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from consultations.enums import State
from consultations.models import Case, StepDraft
from reports import services
from tests.browser.accessibility import objections, seen
from tests.browser.conftest import DESKTOP, Arrive
from tests.browser.person import Person
from tests.factories import SECTIONS, Staff, case_at

pytestmark = pytest.mark.browser

LONGEST_FORM = 2_500
"""Height in CSS pixels of the longest form on a phone (360 px)."""

SAVED = re.compile(r"Konsep tersimpan pukul \d\d\.\d\d\.")


@pytest.fixture
def held(staff: Staff) -> Case:
    return case_at(State.HELD, staff)


def editor(person: Person, case: Case) -> Page:
    return person.open(f"/permohonan/{case.code}/report/")


@pytest.fixture
def petugas(staff: Staff, arrive: Arrive) -> Person:
    return arrive("petugas")


@pytest.fixture
def page(petugas: Person, held: Case) -> Page:
    return editor(petugas, held)


@pytest.fixture
def second(petugas: Person, page: Page) -> Page:
    """Open a second window, save what is typed in the first, then type into the second."""
    second = petugas.context.new_page()
    second.goto(page.url)
    page.locator("[name=results]").fill("Dari yang pertama")
    says(page, SAVED)
    second.locator("[name=results]").fill("Dari yang kedua")
    return second


def says(page: Page, sentence: str | re.Pattern[str]) -> None:
    expect(page.locator("[data-status]")).to_have_text(sentence, timeout=15_000)


def typed_in(page: Page, name: str, tag: str = "", match: str = "=") -> list[str]:
    fields = page.locator(f"{tag}[name{match}{name}]")
    values: list[str] = fields.evaluate_all("all => all.map(one => one.value)")
    return values


def open_kind(page: Page, label: str) -> None:
    """Open the items of a kind by the keyboard."""
    page.locator("details.more > summary", has_text=label).press("Enter")


def folded_part(page: Page, heading: str) -> Locator:
    return page.locator(".fold", has=page.get_by_role("heading", name=heading))


def test_a_part_is_folded_to_its_texts(held: Case, page: Page) -> None:
    results, closing = folded_part(page, "C. Hasil"), folded_part(page, "E. Penutup")
    expect(closing.locator("summary small")).to_have_text(re.compile("Demikian laporan ini"))
    expect(closing.locator("textarea")).to_be_hidden()
    assert page.evaluate("() => document.documentElement.scrollHeight") <= LONGEST_FORM
    results.locator("textarea").fill("Alur dipahami")
    results.locator("summary").press("Enter")
    expect(results.locator("summary small")).to_have_text("Alur dipahami")
    expect(results.locator("textarea")).to_be_hidden()
    page.reload()
    expect(results.locator("summary small")).to_have_text("Alur dipahami")


def items_in(page: Page, kind: str) -> list[str]:
    return typed_in(page, f"{kind}-", "textarea", "^=")


def test_what_is_typed_is_saved_until_it_is_thrown_away(held: Case, arrive: Arrive) -> None:
    petugas = arrive("petugas", width=DESKTOP)
    page = editor(petugas, held)
    page.locator("[name=results]").press_sequentially("Alur dipahami")
    says(page, SAVED)
    page.locator("[name=advice-0-text]").fill("Baris satu\nbaris dua")
    open_kind(page, "Rekomendasi")
    page.locator("[name=recommendations-0-responsible]").fill("Camat")
    with page.expect_response(lambda answer: "Camat" in (answer.request.post_data or "")):
        page.get_by_role("button", name="Simpan konsep").click()
    page.wait_for_function("() => !localStorage.length")
    page.reload()
    assert typed_in(page, "results") == ["Alur dipahami"]
    assert items_in(page, "advice") == ["Baris satu\nbaris dua", ""]
    assert typed_in(page, "recommendations-0-responsible") == ["Camat"]
    says(page, re.compile("Konsep tersimpan"))

    page.get_by_text("Mulai lagi tanpa konsep ini").click()
    page.get_by_role("button", name="Buang konsep").click()
    assert "Konsep dibuang." in petugas.said()
    assert typed_in(page, "results") == [""]
    assert not StepDraft.objects.exists()


@pytest.mark.release
def test_what_was_just_typed_is_saved_when_one_goes_away(held: Case, petugas: Person, page: Page) -> None:
    page.locator("[name=results]").fill("Sekejap")
    petugas.open("/meja/")
    page = editor(petugas, held)
    assert typed_in(page, "results") == ["Sekejap"]


@pytest.mark.release
def test_a_lost_connection_is_told_and_loses_nothing(held: Case, petugas: Person, page: Page) -> None:
    petugas.context.set_offline(True)
    page.locator("[name=results]").fill("Di laut")
    says(page, "Belum tersimpan; dicoba lagi.")
    assert not StepDraft.objects.exists()
    petugas.context.set_offline(False)
    says(page, SAVED)
    assert StepDraft.objects.get().content["typed"]["results"] == "Di laut"

    petugas.context.set_offline(True)
    page.locator("[name=advice-0-text]").fill("Satu")
    page.get_by_role("button", name="Tambah butir Saran").click()
    page.locator("[name=advice-1-text]").fill("Dua")
    says(page, "Belum tersimpan; dicoba lagi.")
    page.close()
    petugas.context.set_offline(False)
    assert "Satu" not in str(StepDraft.objects.get().content)
    petugas.page = petugas.context.new_page()
    page = editor(petugas, held)
    assert items_in(page, "advice") == ["Satu", "Dua"]
    says(page, SAVED)
    rows = StepDraft.objects.get().content["typed"]["advice"]
    assert [row["text"] for row in rows] == ["Satu", "Dua"]
    petugas.faults.clear()


@pytest.mark.release
def test_where_the_device_keeps_nothing_the_server_still_does(held: Case, petugas: Person) -> None:
    forbidden = "() => { throw new DOMException('forbidden', 'SecurityError'); }"
    petugas.page.add_init_script(f"Object.defineProperty(window, 'localStorage', {{ get: {forbidden} }})")
    page = editor(petugas, held)
    page.locator("[name=results]").fill("Tanpa simpanan")
    says(page, SAVED)
    assert petugas.faults == []


@pytest.mark.release
def test_who_was_logged_out_meanwhile_loses_nothing(held: Case, petugas: Person, page: Page) -> None:
    petugas.context.clear_cookies()
    page.locator("[name=results]").fill("Ditulis lama sekali")
    says(page, re.compile("Anda perlu masuk lagi"))
    petugas.log_in("petugas")
    page = editor(petugas, held)
    says(page, SAVED)
    assert typed_in(page, "results") == ["Ditulis lama sekali"]
    assert StepDraft.objects.get().content["typed"]["results"] == "Ditulis lama sekali"
    petugas.faults.clear()


@pytest.mark.release
def test_a_second_window_does_not_overwrite_the_first(petugas: Person, page: Page, second: Page) -> None:
    says(second, re.compile("sudah disimpan dari jendela lain pukul"))
    assert StepDraft.objects.get().content["typed"]["results"] == "Dari yang pertama"
    petugas.page = second
    assert not objections(petugas)
    second.get_by_role("button", name="Pakai tulisan di jendela ini").click()
    says(second, SAVED)
    assert StepDraft.objects.get().content["typed"]["results"] == "Dari yang kedua"
    page.locator("[name=results]").fill("Lagi dari yang pertama")
    says(page, re.compile("jendela lain"))
    page.get_by_role("button", name="Buka konsep yang tersimpan").click()
    expect(page.locator("[name=results]")).to_have_value("Dari yang kedua")
    petugas.faults.clear()


@pytest.mark.release
def test_what_one_window_could_not_save_is_offered_to_the_next(petugas: Person, second: Page) -> None:
    says(second, re.compile("jendela lain"))
    second.reload()
    says(second, "Di perangkat ini ada tulisan lain yang belum tersimpan.")
    assert typed_in(second, "results") == ["Dari yang pertama"]
    second.locator("[name=conclusion]").fill("Sambil menimbang")
    second.wait_for_timeout(2_000)
    second.get_by_role("button", name="Pakai tulisan itu").click()
    says(second, SAVED)
    assert StepDraft.objects.get().content["typed"]["results"] == "Dari yang kedua"
    second.reload()
    says(second, re.compile("Konsep tersimpan"))
    petugas.faults.clear()


@pytest.mark.release
def test_items_by_keyboard_alone(held: Case, arrive: Arrive) -> None:
    petugas = arrive("petugas", width=DESKTOP)
    page = editor(petugas, held)
    keyboard, focused = page.keyboard, page.locator(":focus")
    page.get_by_label("Saran, butir 1", exact=True).focus()
    keyboard.type("Satu")
    keyboard.press("Tab")
    expect(focused).to_have_accessible_name("Tambah butir Saran")
    keyboard.press("Enter")
    expect(focused).to_have_accessible_name("Saran, butir 2")
    keyboard.type("Dua")
    keyboard.press("Enter")
    keyboard.type("baris kedua")
    keyboard.press("Control+Enter")
    expect(focused).to_have_accessible_name("Saran, butir 3")
    keyboard.type("Tiga")
    keyboard.press("Shift+Tab")
    keyboard.press("Shift+Tab")
    expect(focused).to_have_accessible_name("Saran, butir 2")
    keyboard.press("Shift+Tab")
    expect(focused).to_have_accessible_name("Hapus butir Saran, butir 2")
    keyboard.press("Enter")
    expect(focused).to_have_accessible_name("Saran, butir 2")
    expect(focused).to_have_value("Tiga")
    assert items_in(page, "advice") == ["Satu", "Tiga"]
    page.get_by_role("button", name="Kembalikan butir yang dihapus").press("Enter")
    assert items_in(page, "advice") == ["Satu", "Dua\nbaris kedua", "Tiga"]
    expect(focused).to_have_accessible_name("Saran, butir 2")

    open_kind(page, "Rekomendasi")
    page.get_by_label("Rekomendasi, butir 1", exact=True).fill("Perbarui data.")
    page.get_by_role("button", name="Tambah butir Rekomendasi").press("Enter")
    keyboard.type("Latih operator.")
    keyboard.press("Tab")
    expect(focused).to_have_accessible_name("Penanggung jawab (Rekomendasi, butir 2)")
    keyboard.type("Camat")
    petugas.send("report", results="Dipahami.")
    petugas.page.locator('[data-message="success"]').wait_for()
    items = [(item["text"], item.get("responsible")) for item in held.reports.get().items]
    assert items[3:] == [("Perbarui data.", None), ("Latih operator.", "Camat")]


@pytest.mark.release
def test_without_javascript(held: Case, arrive: Arrive) -> None:
    petugas = arrive("petugas", javascript=False)
    page = editor(petugas, held)
    assert page.get_by_role("button", name=re.compile("Hapus butir")).count() == 0
    page.locator("[name=advice-0-text]").fill("Satu")
    page.get_by_role("button", name="Tambah butir Saran").click()
    assert "Konsep tersimpan pukul" in petugas.said()
    assert items_in(page, "advice") == ["Satu", "", "", ""]
    page.locator("[name=advice-1-text]").fill("Dua")
    open_kind(page, "Rekomendasi")
    page.locator("[name=recommendations-0-responsible]").press("Enter")
    assert items_in(page, "advice") == ["Satu", "Dua", ""]
    assert petugas.state == State.HELD
    petugas.send("report", results="Dipahami.")
    assert petugas.state == State.REPORTED
    assert [item["text"] for item in held.reports.get().items] == ["Satu", "Dua"]


@pytest.mark.release
def test_preview_opens_beside_the_editor(held: Case, arrive: Arrive) -> None:
    petugas = arrive("petugas", width=DESKTOP)
    page = editor(petugas, held)
    page.locator("[name=results]").fill("Sementara")

    def is_preview(answer: Response) -> bool:
        return "/pratinjau/" in answer.url

    # The first PDF of a process takes long: it reads all fonts.
    with petugas.context.expect_event("response", is_preview, timeout=45_000) as answered:
        page.get_by_role("button", name="Pratinjau PDF").click()
    assert answered.value.headers["content-type"] == "application/pdf"
    assert StepDraft.objects.get().content["typed"]["results"] == "Sementara"
    page.locator("[name=results]").fill("Sementara, lagi")
    says(page, SAVED)


@pytest.mark.release
def test_the_editor_is_accessible_with_remarks_errors_and_long_items(
    held: Case, staff: Staff, arrive: Arrive
) -> None:
    services.report(held, by=staff.petugas, **SECTIONS)
    remarks = {"results": "Kata-yang-sangat-panjang-" * 20, "recommendations": "Siapa?"}
    services.revise(held, by=staff.kabid, reason="Lengkapi.", remarks=remarks)
    petugas, kabid = arrive("petugas"), arrive("kabid")
    page = editor(petugas, held)
    assert not objections(petugas)
    page.locator("[name=recommendations-0-due]").evaluate("field => { field.value = '2020-01-06' }")
    petugas.send("report", results="")
    assert "Tanggal ini sudah lewat." in petugas.said()
    assert not objections(petugas)
    page.locator("[name=recommendations-0-due]").evaluate("field => { field.value = '' }")
    petugas.send("report", results="Pemohon menguasai alurnya.")
    kabid.open(f"/permohonan/{held.code}/revise/")
    assert not objections(kabid)
    assert kabid.page.locator("del").first.is_visible()
    kabid.page.get_by_label("Tampilkan perubahan dari versi 1").uncheck()
    assert not kabid.page.locator("del").first.is_visible()
    assert not objections(kabid)
    assert not seen(kabid, f"/permohonan/{held.code}/laporan/2/", f"/permohonan/{held.code}/")
