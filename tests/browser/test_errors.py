"""Errors stand beside their fields, and typed text stays."""

import pytest
from playwright.sync_api import expect

from consultations.enums import State
from consultations.intake.uploads import NOT_ACCEPTED
from consultations.models import Case
from tests.browser.conftest import Arrive
from tests.browser.person import chosen
from tests.factories import Staff, case_at

pytestmark = pytest.mark.browser

PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" * 64


def test_empty_form_says_beside_each_field_what_to_do_and_keeps_the_rest(
    staff: Staff, arrive: Arrive
) -> None:
    applicant = arrive()
    applicant.open("/ajukan/")
    applicant.form("submit").locator("[name=no_letter]").uncheck()
    applicant.send("submit")
    assert applicant.errors("applicant_name") == "Tulis nama Anda."
    assert applicant.errors("phone").startswith("Tulis nomor telepon")
    assert applicant.errors("material") == "Tulis apa yang ingin Anda konsultasikan."
    assert applicant.errors("visit_at") == "Pilih tanggal dan jam Anda ingin datang."
    assert applicant.errors("letter").startswith("Pilih berkas surat Anda")

    time = applicant.form("submit").locator("[name=visit_at]").nth(5).get_attribute("value")
    applicant.send("submit", applicant_name="Siti Contoh", visit_at=time, no_letter=True)
    form = applicant.form("submit")
    assert applicant.errors("applicant_name") == ""
    assert form.locator("[name=applicant_name]").input_value() == "Siti Contoh"
    assert form.locator("[name=visit_at]:checked").input_value() == time
    assert form.locator("[name=no_letter]").is_checked()
    applicant.send("submit", letter=chosen("surat.pdf", PROGRAM))
    assert applicant.errors("letter") == f"surat.pdf: {NOT_ACCEPTED}"
    assert not Case.objects.exists()


def test_on_a_phone_the_staff_lands_on_the_errors(staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.DISPOSED, staff)
    head = arrive("kabid")
    head.page.set_viewport_size({"width": 360, "height": 740})
    head.open(f"/permohonan/{case.code}/assign/")
    head.send("assign")
    box = head.page.locator(".error-box")
    assert head.page.title().startswith("Galat: ")
    assert box.evaluate("box => document.activeElement === box")
    place = box.bounding_box()
    assert place
    assert 0 <= place["y"] < 400
    box.get_by_role("link").first.click()
    field = head.page.locator(box.get_by_role("link").first.get_attribute("href") or "")
    expect(field).to_be_in_viewport()
