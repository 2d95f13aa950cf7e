"""The PDF files of the survey: the printed questionnaire and the published result."""

import io
import json
from pathlib import Path

import pikepdf
import pytest
from django.test import Client
from pypdf import PdfReader

from documents.models import Document
from reports.surveys.regulation import ELEMENTS
from tests.factories import Staff, client_of
from tests.print.reading import damage, findings, text_of
from tests.surveys.answering import ANALYSIS, PLAN, answers, fill, publish
from tests.surveys.test_index import LOWEST, MEANS

pytestmark = pytest.mark.same_on_every_database


def test_the_questionnaire_is_one_accessible_sheet(staff: Staff, tmp_path: Path) -> None:
    content = client_of(staff.pkd).get("/survei/formulir.pdf").content
    assert len(PdfReader(io.BytesIO(content)).pages) == 1
    assert findings(content, tmp_path) == []
    assert damage(content, tmp_path) == ""
    text = text_of(content)
    for element in ELEMENTS.values():
        assert [str(word) for word in (element.question, *element.answers) if str(word) not in text] == []
    expected = ["Jam survei", "di bawah 20 tahun", "Lainnya: ………", "Jangan menulis nama atau kode lacak"]
    assert [words for words in expected if words not in text] == []


def test_anybody_opens_and_verifies_a_published_result(staff: Staff, client: Client, tmp_path: Path) -> None:
    fill()
    publication = publish(staff.kadis)
    document = Document.objects.get(kind=Document.Kind.SURVEY)
    assert (document.source_pk, document.case, document.issuer) == (publication.pk, None, "Kepala Dinas")
    response = client.get(f"/survei/hasil/{publication.pk}.pdf")
    content = response.content
    assert response["Content-Type"] == "application/pdf"
    assert findings(content, tmp_path) == []
    assert damage(content, tmp_path) == ""
    text = text_of(content)
    expected = [
        *("81,11", "B (Baik)", "5 dari 6", "83,3 %", "belum cukup", PLAN, ANALYSIS),
        publication.period.title,
    ]
    assert [words for words in expected if words.upper() not in text.upper()] == []
    assert [mean for mean in MEANS if mean.replace(".", ",") not in text] == []
    assert all(str(ELEMENTS[code].name) in text for code in LOWEST)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        record = json.loads(pdf.attachments["rekaman.json"].get_file().read_bytes())
    assert record["hasil_survei"]["ikm"] == "81.11"
    assert record["hasil_survei"]["terendah"] == LOWEST
    checked = client.get(f"/verifikasi/{document.pk}/").text
    assert "Laporan Survei Kepuasan Masyarakat" in checked


def test_a_correction_replaces_the_document_and_keeps_the_old_one(staff: Staff, client: Client) -> None:
    answers()
    first = publish(staff.kadis)
    before = client.get(f"/survei/hasil/{first.pk}.pdf").content
    answers(u1=1)
    second = publish(staff.kadis)
    assert client.get(f"/survei/hasil/{first.pk}.pdf").content == before
    old, new = Document.objects.filter(kind=Document.Kind.SURVEY).order_by("version")
    assert (old.source_pk, new.source_pk, new.replaces) == (first.pk, second.pk, old)
    assert "versi 2" in client.get(f"/verifikasi/{old.pk}/").text
    assert "menggantikan versi 1" in text_of(client.get(f"/survei/hasil/{second.pk}.pdf").content)


def test_the_document_opens_for_staff_and_belongs_to_no_case(staff: Staff) -> None:
    case = answers()[0]
    publish(staff.kadis)
    document = Document.objects.get(kind=Document.Kind.SURVEY)
    client = client_of(staff.petugas)
    assert client.get(f"/naskah/{document.pk}.pdf").status_code == 200
    for slug in ("hasil-survei", "kuesioner-survei"):
        assert client.get(f"/p/{case.secret}/{slug}.pdf").status_code == 404
