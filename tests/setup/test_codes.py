"""The office's list of classification codes: import, search, and which codes a case may have."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from consultations import services as consultations_services
from consultations.enums import State
from kit.refusal import Refused
from office.models import ClassificationCode, Office
from office.models.codes import find_codes, list_codes
from tests.factories import ClientOf, Staff, case_at, client_of, walk_in
from tests.shared_data import each

TITLES = [["KLASIFIKASI ARSIP"], ["No", "Kode", "Uraian"]]
TREE = [[1, "400.9", "Sosial"], [2, "400.9.10", "Bencana alam"], [3, "400.9.3", "Rehabilitasi sosial"]]
PAGE = "/pengaturan/kode/"


def workbook(*lines: list[Any]) -> SimpleUploadedFile:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    file = BytesIO()
    book.save(file)
    return SimpleUploadedFile("kode.xlsx", file.getvalue())


@pytest.fixture
def client(staff: Staff) -> Client:
    return client_of(staff.admin)


def test_a_list_adds_to_the_codes_or_replaces_them(client: Client) -> None:
    ClassificationCode.objects.create(code="400.9.3", name="Lama")
    ClassificationCode.objects.create(code="800.1", name="Kepegawaian")
    assert client.post(PAGE, {"file": workbook(*TITLES, *TREE)})["Location"] == "/kode-klasifikasi/"
    assert [(row.code, row.name) for row in list_codes().values()] == [
        ("400.9", "Sosial"),
        ("400.9.3", "Rehabilitasi sosial"),
        ("400.9.10", "Bencana alam"),
        ("800.1", "Kepegawaian"),
    ]
    csv = SimpleUploadedFile("kode.csv", b"Kode;Uraian\n000.1.5;Rapat\n400.10;Desa")
    assert client.post(PAGE, {"file": csv, "replaces": "on"}).status_code == 302
    assert list(list_codes()) == ["000.1.5", "400.10"]


@each(
    ("lines", "sentence"),
    [
        ([[1, 400.1, "Desa"]], "Baris 1: kode 400.1 tersimpan sebagai angka."),
        ([*TREE, [4, "400.9", "Lagi"]], "Baris 4: kode 400.9 sudah ada di atas."),
        ([[1, "400.9", None]], "Baris 1: kode 400.9 belum berisi uraian."),
        (TITLES, "Tidak ada kode dalam berkas ini."),
    ],
)
def test_a_list_that_cannot_be_read_changes_nothing(
    lines: list[list[Any]], sentence: str, client: Client
) -> None:
    """A spreadsheet that stores 400.10 as a number has lost its last digit."""
    answer = client.post(PAGE, {"file": workbook(*lines), "replaces": "on"})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not ClassificationCode.objects.exists()


def store(*codes: str) -> None:
    ClassificationCode.objects.bulk_create(
        ClassificationCode(code=code, name=f"Urusan {code}") for code in codes
    )


def test_codes_are_found_by_code_and_by_the_words_above_them(staff: Staff, client_of: ClientOf) -> None:
    for _number, code, name in TREE:
        ClassificationCode.objects.create(code=str(code), name=str(name))
    assert [row.code for row in find_codes("400.9.1")] == ["400.9.10"]
    assert [row.code for row in find_codes("sosial bencana")] == ["400.9.10"]
    page = client_of(staff.petugas).get("/kode-klasifikasi/?q=bencana").text
    assert page.count("data-code=") == 1
    assert "Sosial › Bencana alam" in page
    options = client_of(staff.petugas).get("/kode-klasifikasi/?daftar=1&q=400.9.3").text
    assert options.split() == ["<option", 'value="400.9.3">Sosial', "›", "Rehabilitasi", "sosial</option>"]


def test_a_case_takes_the_full_code(staff: Staff, client_of: ClientOf) -> None:
    store("400.9", "400.9.3", "400.10")
    case = case_at(State.SUBMITTED, staff)
    with pytest.raises(Refused, match=r"Kode 400\.9 masih umum\. .* misalnya 400\.9\.3\."):
        consultations_services.register(case, by=staff.pkd, classification="400.9")
    with pytest.raises(Refused, match="masih umum"):
        walk_in(staff, classification="400.9")
    form = client_of(staff.pkd).get(f"/permohonan/{case.code}/register/").text
    assert 'data-codes="/kode-klasifikasi/"' in form
    assert '<option value="400.9.3">Urusan 400.9 › Urusan 400.9.3</option>' in form
    assert 'value="400.9"' not in form.partition("<datalist")[0], "nothing is proposed that is refused"
    consultations_services.register(case, by=staff.pkd, classification="400.9.8")
    assert case.classification == "400.9.8", "the office's list need not be complete"


def test_a_complete_list_allows_no_other_code(staff: Staff) -> None:
    store("400.9.3")
    Office.objects.update(only_listed_codes=True)
    with pytest.raises(Refused, match="tidak ada dalam daftar"):
        consultations_services.register(
            case_at(State.SUBMITTED, staff), by=staff.pkd, classification="400.9.33"
        )
    walk_in(staff, classification="400.9.3")
