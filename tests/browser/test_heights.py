"""Forms on a phone: none is longer than 2,500 px, and the first field is on the first screen."""

import pytest
from playwright.sync_api import Page

from consultations.enums import State
from office.models import Office
from reports import services as report_services
from reports.models.report import TEXTS
from tests.browser.conftest import Arrive
from tests.factories import SECTIONS, Staff, case_at
from tests.shared_data import each

pytestmark = pytest.mark.browser

MATERIAL = "Bagaimana cara mengusulkan warga desa kami? " * 4
LONGEST, SCREEN = 2_500, 800

FORMS = [
    ("register", State.SUBMITTED, "pkd"),
    ("dispose", State.REGISTERED, "kadis"),
    ("assign", State.DISPOSED, "kabid"),
    ("prepare", State.ASSIGNED, "petugas"),
    ("schedule", State.PREPARED, "petugas"),
    ("reschedule", State.SCHEDULED, "petugas"),
    ("record_attendance", State.HELD, "petugas"),
    ("revise", State.REPORTED, "kabid"),
    ("report", State.HELD, "petugas"),
    ("split", State.REGISTERED, "pkd"),
    ("finish", State.IN_SESSION, "petugas"),
]
"""Each verb with the state of its case and the user who takes it. One case at a time is in session."""

FIRST = """form => [...form.elements].find(field => field.type != "hidden" && field.checkVisibility()
    && !field.matches("fieldset, [type=submit]")).getBoundingClientRect().top"""


@each(("verb", "state", "name"), FORMS)
def test_a_form_is_short_and_begins_on_the_first_screen(
    verb: str, state: State, name: str, staff: Staff, arrive: Arrive
) -> None:
    phone = f"+62812345678{len(verb):02}"  # the rows before belong to others
    case = case_at(state, staff, material=MATERIAL, phone=phone)
    person = arrive(name)
    page = person.open(f"/permohonan/{case.code}/{verb}/")
    assert page.evaluate("() => document.documentElement.scrollHeight") <= LONGEST
    assert person.form(verb).evaluate(FIRST) < SCREEN
    read = page.locator(f"[data-form={verb}]")
    for known in (case.subject, case.applicant_name, MATERIAL[:40]):
        assert read.get_by_text(known).first.is_visible(), "nobody decides blind"
    assert not page.get_by_text("Kode lacak", exact=True).is_visible()
    if verb == "register":
        shows_the_record_beside_the_form_on_a_wide_screen(page)


def shows_the_record_beside_the_form_on_a_wide_screen(page: Page) -> None:
    folded, code = page.get_by_text("Berkas, data, dan catatan"), page.get_by_text("Kode lacak", exact=True)
    folded.click()
    assert code.is_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.reload()
    assert (code.is_visible(), folded.is_visible()) == (True, False)


def test_a_report_sent_back_opens_what_reviewers_remarked(staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.HELD, staff, material=MATERIAL)
    written = dict.fromkeys(TEXTS, "Disusun bersama pemohon, sesuai ketentuan. " * 4)
    report_services.report(case, by=staff.petugas, **{**SECTIONS, **written})
    remarks = {"results": "Sebutkan jumlah keluarga.", "purpose": "Terlalu umum."}
    report_services.revise(case, by=staff.kabid, reason="Lengkapi.", remarks=remarks)
    person = arrive("petugas")
    page = person.open(f"/permohonan/{case.code}/report/")
    assert page.evaluate("() => document.documentElement.scrollHeight") <= LONGEST
    assert page.locator("[name=results]").is_visible()
    assert page.locator("[name=purpose]").is_visible()
    assert not page.locator("[name=scope]").is_visible()
    page.locator("summary", has_text="Ruang lingkup").click()
    assert page.locator("[name=scope]").is_visible()


def test_two_requests_are_compared_on_a_phone(staff: Staff, arrive: Arrive) -> None:
    first, _second = (case_at(State.SUBMITTED, staff, material=MATERIAL) for _ in range(2))
    page = arrive("pkd").open(f"/permohonan/{first.code}/merge/")
    assert page.evaluate("() => document.documentElement.scrollHeight") <= LONGEST
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    top = page.get_by_role("heading", name="Bandingkan").bounding_box()
    assert top
    assert top["y"] < SCREEN


def test_the_forms_of_citizens_are_short(staff: Staff, arrive: Arrive) -> None:
    Office.objects.update(name="Dinas Sosial dan Pemberdayaan Masyarakat Desa", phone="0717439080")
    visitor = arrive()
    for path in ("/ajukan/", "/pengaduan/"):
        visitor.open(path)
        assert visitor.page.evaluate("() => document.documentElement.scrollHeight") <= LONGEST, path
        assert visitor.form("submit").evaluate(FIRST) < SCREEN, path
