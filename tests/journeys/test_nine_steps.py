"""All nine steps of the standard, from a citizen's request to the PDF of the report."""

import io
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from consultations.enums import State
from consultations.models import Case
from office.models import Instruction
from tests.factories import PASSWORD, Staff, come_due, take_a_minute, wished_moment, working_moment
from tests.journeys.actor import Actor

TYPED = "%Y-%m-%dT%H:%M"


@pytest.fixture
def instruction(office: object) -> Instruction:
    return Instruction.objects.create(text="Tindak Lanjuti")


def request(applicant: Actor, address: str = "/ajukan/", **typed: str) -> Case:
    """A citizen asks for a consultation with no more than the three requirements, without a letter."""
    form = applicant.form(address, "submit")
    who = {"applicant_name": "Siti Contoh", "phone": "0812-3456-7890"}
    what = {"material": "Bagaimana cara mengusulkan warga kami?", "no_letter": "on"}
    applicant.send(form, **who, **what, visit_at=wished_moment().strftime(TYPED), **typed)
    check = f"{address}{form.values['submission_token'][0]}/periksa/"
    applicant.send(applicant.form(check, "submit"))
    return Case.objects.get()


def report_text(actor: Actor, case: Case, slug: str = "laporan") -> str:
    answer: Any = actor.client.get(f"/permohonan/{case.code}/{slug}.pdf")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.differs_by_database
def test_from_a_request_to_the_accepted_report(
    staff: Staff, applicant: Actor, instruction: Instruction
) -> None:
    case = request(applicant)
    pkd, kadis, kabid, petugas = actors = [Actor(Client()) for _person in range(4)]
    for name, actor in zip(("pkd", "kadis", "kabid", "petugas"), actors, strict=True):
        actor.log_in(name, PASSWORD)
    pkd.take("register", case)
    kadis.take("dispose", case, division=str(staff.division.pk), instructions=[str(instruction.pk)])
    people = {"officer": str(staff.petugas.pk), "companions": [str(staff.companion.pk)]}
    kabid.take("assign", case, **people, preparation="Siapkan data desa")
    petugas.take("prepare", case, administration="Daftar hadir", materials="Pedoman")
    petugas.take("schedule", case, starts_at=working_moment(2).strftime(TYPED), minutes="60")
    assert "start" not in petugas.offered(case)
    petugas.take("start", come_due(case))
    petugas.take("finish", take_a_minute(case), attendees="Siti Contoh")
    written = {
        "results": "Pemohon memahami alur pengusulan.",
        "advice-0-text": "Usulkan lewat musyawarah desa.",
        "recommendations-0-text": "Perbarui data setiap triwulan.",
    }
    petugas.take("report", case, **written)
    kabid.take("forward", case)
    kadis.take("accept", case)

    case.refresh_from_db()
    assert case.state == State.CLOSED
    assert [*case.history.order_by("pk").values_list("number", flat=True)] == [*range(1, 8), 7, 9, 9, 9]
    text = report_text(kadis, case)
    for words in (case.report_number, "Siti Contoh", *written.values()):
        assert words in text
