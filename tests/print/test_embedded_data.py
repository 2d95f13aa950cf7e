"""The data embedded in an issued document: what it contains and what it omits."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.utils import translation
from django.utils.formats import date_format

from consultations.models import Case
from documents.files import NAME, embedded_data, read_document
from documents.issuing import issue_document
from documents.models import Document
from documents.types import TYPES_BY_KIND
from tests.factories import Staff
from tests.print import scenes
from tests.print.documents import issued, of, words_in
from tests.print.samples import FORMS
from tests.print.test_form import full

pytestmark = pytest.mark.same_on_every_database


def record(case: Case, kind: Document.Kind) -> dict[str, Any]:
    return dict(json.loads(embedded_data(issued(case, kind)).content))


def test_a_report_as_data(people: Staff) -> None:
    case = scenes.closed(people)
    report = issued(case, Document.Kind.REPORT)
    with translation.override("en"):
        data = record(case, Document.Kind.REPORT)
    sections = data.pop("laporan")
    first = {"nomor": "400.9/1/LHK/DINCONTOH/2026", "versi": 1, "diterbitkan": "2026-11-17T15:20:00+07:00"}
    assert data == {
        **first,
        "jenis": "Laporan Hasil Konsultasi",
        "menggantikan": None,
        "penerbit": "Plt. Kepala Dinas Contoh",
        "nama_penerbit": "Dra. Contoh Kartini, M.Si.",
        "verifikasi": f"https://layanan.example/verifikasi/{report.pk}/",
        "perihal": "Tata cara pengusulan penerima bantuan sosial desa",
    }
    assert sections["hasil"] == scenes.REPORT["results"]
    assert sections["butir"][6] == {
        "jenis": "Rekomendasi",
        "isi": "Laporkan hasil musyawarah ke dinas.",
        "penanggung_jawab": "Kepala Desa Contoh Jaya",
        "batas_waktu": "2026-12-31",
    }
    assert len(sections["butir"]) == 8
    scenes.correct(case, people)
    data = record(case, Document.Kind.REPORT)
    assert (data["versi"], data["menggantikan"]) == (2, first)


HEAD = ("jenis", "nomor", "versi", "menggantikan", "penerbit", "nama_penerbit", "diterbitkan", "verifikasi")
"""What each document embeds about itself. The verification page shows it too."""


def values(data: Any) -> Iterator[str]:
    """Yield the values of embedded data as a document prints them."""
    if isinstance(data, dict):
        data = data.values()
    if isinstance(data, str | int):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text := str(data)):
            text = date_format(dt.date.fromisoformat(text))
        yield re.sub(r"^(\d+)\.(\d+)$", r"\1,\2", text)
    else:
        for part in data:
            yield from values(part)


@pytest.mark.release
def test_each_type_of_document_embeds_what_it_prints(people: Staff) -> None:
    full(people)
    scenes.declined(people, code="5H8R-6XPD", secret="contoh-tautan-rahasia-pemohon-02")
    scenes.passed_on(people, code="3333-3333", secret="contoh-tautan-rahasia-pemohon-03")
    for register in scenes.registers(people):
        issue_document(TYPES_BY_KIND[register.kind], register)
    scenes.survey_result(people)
    embedding = set()
    for kind in Document.Kind:
        document = Document.objects.filter(kind=kind).earliest("issued_at")
        data = json.loads(embedded_data(document).content)
        own = {name: value for name, value in data.items() if name not in HEAD}
        words = of(document)
        hidden = [value for value in values(own) if words_in(f"<body>{value}") not in words]
        assert hidden == [], kind
        embedding |= {kind} if own else set()
    assert {Document.Kind.REPORT, Document.Kind.SURVEY} < embedding


def test_no_record_holds_the_secret_or_the_applicant(people: Staff) -> None:
    case = full(people)
    phone = str(case.phone.national_number)
    for document in Document.objects.filter(case=case):
        content = embedded_data(document).content.decode()
        assert not [words for words in (case.secret, case.applicant_name, phone) if words in content]
    report = issued(case, Document.Kind.REPORT)
    with pikepdf.open(BytesIO(read_document(report))) as pdf:
        assert pdf.attachments[NAME].get_file().read_bytes() == embedded_data(report).content


@pytest.mark.release
def test_every_issued_document_contains_data_and_no_draft(samples: dict[str, bytes]) -> None:
    for name, content in samples.items():
        with pikepdf.open(BytesIO(content)) as pdf:
            is_issued = not name.endswith("-draf.pdf") and name not in FORMS
            assert list(pdf.attachments) == ([NAME] if is_issued else []), name
            if is_issued:
                data = json.loads(pdf.attachments[NAME].get_file().read_bytes())
                assert str(pdf.docinfo["/Title"]).startswith(data["jenis"]), name
