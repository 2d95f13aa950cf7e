"""The whole standard in a browser on a small telephone, with JavaScript and without."""

import re
from pathlib import Path

import pytest

from consultations.enums import State
from consultations.models import Case
from office.models import Instruction
from tests.browser.conftest import WITH_AND_WITHOUT, Arrive
from tests.browser.person import Person
from tests.factories import Staff, come_due, sign_papers, working_moment

TYPED = "%Y-%m-%dT%H:%M"

pytestmark = pytest.mark.browser


def request_without_letter(applicant: Person) -> str:
    """Step 1: only what must be filled in; returns the tracking code on the receipt."""
    applicant.open("/").get_by_role("link", name=re.compile("Ajukan")).first.click()
    applicant.ask()
    return applicant.code


def read_letter(applicant: Person, folder: Path) -> bytes:
    """Save the letter from its link (Chromium: click with Alt); returns the file that arrives."""
    with applicant.page.expect_download() as arriving:
        applicant.page.get_by_role("link", name="Surat Hasil Konsultasi").click(modifiers=["Alt"])
    path = folder / "surat-hasil.pdf"
    arriving.value.save_as(path)
    return path.read_bytes()


@pytest.mark.parametrize("javascript", WITH_AND_WITHOUT)
def test_from_a_request_to_the_accepted_report(
    javascript: bool, staff: Staff, instruction: Instruction, arrive: Arrive, tmp_path: Path
) -> None:
    applicant = arrive(javascript=javascript)
    code = request_without_letter(applicant)
    applicant.page.locator("a.secret-link").click()
    assert (applicant.code, applicant.state) == (code, State.SUBMITTED)
    pkd, kadis, kabid, petugas = people = [arrive(javascript=javascript) for _person in range(4)]
    for person, name in zip(people, ("pkd", "kadis", "kabid", "petugas"), strict=True):
        person.type_password(name)

    pkd.take("register", code)
    kadis.take("dispose", code, division=str(staff.division.pk), instructions=str(instruction.pk))
    kabid.take("assign", code, officer=str(staff.petugas.pk), companions=str(staff.companion.pk))
    petugas.take("prepare", code, administration="Daftar hadir", materials="Pedoman")
    petugas.take("schedule", code, starts_at=working_moment(2).strftime(TYPED), minutes="60")
    applicant.page.reload()
    assert applicant.state == State.SCHEDULED
    assert "Jadwal konsultasi Anda" in applicant.said()
    come_due(Case.objects.get(code=code))
    petugas.take("start", code)
    petugas.take("finish", code, attendees="Siti Contoh")
    petugas.take(
        "report", code, results="Alur pengusulan dipahami.", **{"advice-0-text": "Lewat musyawarah desa."}
    )
    kabid.take("forward", code)
    kadis.take("accept", code)

    applicant.page.reload()
    assert applicant.state == State.CLOSED
    assert "sedang diperiksa dan ditandatangani" in applicant.said()
    sign_papers(Case.objects.get(code=code), staff)
    applicant.page.reload()
    assert read_letter(applicant, tmp_path).startswith(b"%PDF")
