"""Requirements of the decree: asked in public, at the counter, by the API; stored, and shown to Tim PKD."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from consultations.models import Attachment, Case, GivenRequirement
from office.models import Requirement
from tests.case_page import read_all
from tests.exchange.conftest import caller_of  # noqa: F401 -- a fixture
from tests.exchange.test_api import assert_problem
from tests.factories import Staff, client_of
from tests.pages.test_steps_counter import LETTER
from tests.print.documents import words_in
from tests.submitting import assert_says, image, pdf, send, typed, upload

KTP, KK, TRUE = "Fotokopi KTP", "Fotokopi KK", "Keterangan saya benar"


@pytest.fixture
def asked(staff: Staff) -> Staff:
    """An office that asks for two files and a confirmation. The second file may be missing."""
    asks = Requirement.Asks
    rows = [("Materi", asks.NOTHING), (KTP, asks.FILE), (KK, asks.FILE), (TRUE, asks.CONFIRMATION)]
    Requirement.objects.bulk_create(
        Requirement(number=number, text=text, asks=what, is_required=text != KK)
        for number, (text, what) in enumerate(rows, start=1)
    )
    return staff


def files(**more: Any) -> dict[str, Any]:
    return {"requirement_2": upload("ktp.png", image("PNG")), "requirement_4": "on", **more}


def given() -> dict[str, str]:
    """The purposes of the stored files, empty for a confirmation, by requirement."""
    rows = GivenRequirement.objects.order_by("pk").select_related("attachment")
    return {row.text: row.attachment.purpose if row.attachment else "" for row in rows}


def test_the_public_form_asks_for_each(asked: Staff, client: Client) -> None:
    answer = client.post("/ajukan/", typed())
    assert_says(answer, 422, "Pilih berkasnya.", "Centang pernyataan ini.", KTP, f"{KK} (boleh kosong)", TRUE)
    check = client.post("/ajukan/", typed(**files()))["Location"]
    assert f"{KTP} ktp.png" in (shown := words_in(client.get(check).text))
    assert f"{TRUE} Ya" in shown
    client.post(check)
    assert given() == {KTP: Attachment.Purpose.REQUIREMENT, TRUE: ""}
    assert Attachment.objects.get().name == "ktp.png"


def test_another_file_replaces_the_stored_one(asked: Staff, client: Client) -> None:
    token = uuid4()
    client.post("/ajukan/", typed(token, **files()))
    send(client, "/ajukan/", typed(token, **files(requirement_2=upload("lain.pdf", pdf()))))
    assert [file.name for file in Attachment.objects.all()] == ["lain.pdf"]


def test_a_complaint_needs_none(asked: Staff, client: Client) -> None:
    assert KTP not in client.get("/pengaduan/").text
    assert send(client, "/pengaduan/", typed()).status_code == 302
    assert given() == {}


def test_the_counter_takes_a_letter_without_them(asked: Staff) -> None:
    counter = client_of(asked.sekretariat)
    assert counter.post("/surat-masuk/", LETTER).status_code == 302
    assert given() == {}
    assert counter.post("/surat-masuk/", {**LETTER, **files()}).status_code == 302
    assert given() == {KTP: Attachment.Purpose.REQUIREMENT, TRUE: ""}
    assert Attachment.objects.get().added_by == asked.sekretariat


def test_tim_pkd_reads_what_is_missing_and_the_applicant_adds_it(asked: Staff) -> None:
    client_of(asked.sekretariat).post("/surat-masuk/", LETTER)
    case, client = Case.objects.get(), client_of(asked.pkd)
    assert read_all(client, case).count('data-given="0"') == 3
    for page in ("register/", "send_back/"):
        assert client.get(f"/permohonan/{case.code}/{page}").text.count('data-given="0"') == 3, page
    client.post(f"/permohonan/{case.code}/send_back/", {"missing": "Lampirkan KTP."})
    applicant = Client()
    form = applicant.get(f"/p/{case.secret}/complete/")
    assert_says(form, 200, KTP, KK, TRUE)
    answer = applicant.post(f"/p/{case.secret}/complete/", {"material": case.material, **files()})
    assert answer.status_code == 302, answer.text
    assert given() == {KTP: Attachment.Purpose.REQUIREMENT, TRUE: ""}
    page = read_all(client, case)
    assert (page.count('data-given="1"'), page.count('data-given="0"')) == (2, 1)
    Requirement.objects.all().delete()
    page = read_all(client, case)
    assert (page.count('data-given="1"'), page.count('data-given="0"')) == (2, 0), "as it was published then"


def test_other_systems_send_them_too(asked: Staff, caller_of: Any) -> None:  # noqa: F811
    sender = caller_of(name="Pengirim", sends_requests=True)
    answer = assert_problem(sender.post("/consultations", typed(), key=uuid4()), 422)
    assert answer["errors"].keys() == {"requirement_2", "requirement_4"}
    assert sender.post("/consultations", typed(**files()), key=uuid4()).status_code == 201
    assert given() == {KTP: Attachment.Purpose.REQUIREMENT, TRUE: ""}
