"""Errors stand beside their fields, and typed text stays."""

import pytest

from consultations.enums import State
from consultations.intake.uploads import NOT_ACCEPTED
from consultations.models import Case
from tests.browser.conftest import Arrive
from tests.factories import Staff, case_at

pytestmark = pytest.mark.browser

PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" * 64


def test_empty_form_says_beside_each_field_what_to_do_and_keeps_the_rest(
    staff: Staff, arrive: Arrive
) -> None:
    applicant = arrive()
    applicant.open("/ajukan/")
    applicant.send("submit")
    assert applicant.errors("applicant_name") == "Tulis nama Anda."
    assert applicant.errors("phone").startswith("Tulis nomor telepon")
    assert applicant.errors("material") == "Tulis apa yang ingin Anda konsultasikan."
    assert applicant.errors("visit_at") == "Pilih tanggal dan jam Anda ingin datang."
    assert applicant.errors("letter").startswith("Pilih berkas surat Anda")

    chosen = applicant.form("submit").locator("[name=visit_at]").nth(5).get_attribute("value")
    applicant.send("submit", applicant_name="Siti Contoh", visit_at=chosen, no_letter=True)
    form = applicant.form("submit")
    assert applicant.errors("applicant_name") == ""
    assert form.locator("[name=applicant_name]").input_value() == "Siti Contoh"
    assert form.locator("[name=visit_at]:checked").input_value() == chosen
    assert form.locator("[name=no_letter]").is_checked()
    letter = {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": PROGRAM}
    applicant.send("submit", letter=letter)
    assert applicant.errors("letter") == f"surat.pdf: {NOT_ACCEPTED}"
    assert not Case.objects.exists()


@pytest.mark.release
def test_second_tab_that_is_no_longer_true_gets_a_sentence(staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.SUBMITTED, staff)
    pkd = arrive("pkd")
    first = pkd.open(f"/permohonan/{case.code}/register/")
    second = pkd.context.new_page()
    second.goto(f"/permohonan/{case.code}/send_back/")

    pkd.send("register")
    assert pkd.state == State.REGISTERED
    pkd.page = second
    pkd.send("send_back", missing="Lampirkan surat resmi.")
    assert "sudah berubah sejak halaman ini dibuka" in pkd.said()
    assert pkd.form("send_back").locator("[name=missing]").input_value() == "Lampirkan surat resmi."
    first.reload()
    case.refresh_from_db()
    assert case.state == State.REGISTERED
