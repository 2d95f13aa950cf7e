"""The office's list of classification codes: import, search, and which codes a case may have."""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from consultations import services as consultations_services
from consultations.classification import ClassificationField, list_usual_codes
from consultations.enums import State
from consultations.models import DataCorrection
from desk.views import lists
from kit.refusal import Refused
from office.models import ClassificationCode, Office
from office.models.codes import EVERYDAY, find_codes, list_codes
from tests.case_page import read_all
from tests.factories import ClientOf, Staff, case_at, client_of, walk_in
from tests.shared_data import each
from tests.submitting import assert_says

TITLES = [["KLASIFIKASI ARSIP"], ["No", "Kode", "Uraian"]]
TREE = [[1, "400.9", "Sosial"], [2, "400.9.10", "Bencana alam"], [3, "400.9.3", "Rehabilitasi sosial"]]
PAGE = "/pengaturan/kode/"
FILLED = {"subject": "Bantuan", "urgency": "NORMAL", "confidentiality": "NORMAL"}


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
    assert [row.code for row in find_codes("bantuan bencana DTKS")] == ["400.9.10"], (
        "any word, if none has all"
    )
    assert find_codes("bantuan dan itu") == []
    page = client_of(staff.petugas).get("/kode-klasifikasi/?q=bencana").text
    assert page.count("data-code=") == 1
    assert "Sosial › Bencana alam" in page
    options = client_of(staff.petugas).get("/kode-klasifikasi/?daftar=1&q=400.9").text
    assert options.strip() == (
        '<option value="400.9.3 Sosial › Rehabilitasi sosial"></option>'
        '<option value="400.9.10 Sosial › Bencana alam"></option>'
    ), "a field offers no code that is too general"


def test_what_is_cut_says_how_many_codes_there_are(staff: Staff, client_of: ClientOf) -> None:
    store(*(f"400.{n}" for n in range(1, 52)))
    client, hint = (
        client_of(staff.petugas),
        '<option value="400" label="50 dari 51 kode; ketik lebih banyak">',
    )
    assert "50 dari 51 kode. Tulis lebih lengkap" in client.get("/kode-klasifikasi/?q=400").text
    options = client.get("/kode-klasifikasi/?daftar=1&q=400").text
    assert (options.count("<option"), hint in options) == (51, True), "choosing it leaves what was typed"
    ClassificationCode.objects.filter(code="400.51").delete()
    for address in ("/kode-klasifikasi/?q=400", "/kode-klasifikasi/?daftar=1&q=400"):
        assert "50 dari" not in client.get(address).text, address


def test_a_case_takes_the_full_code(staff: Staff, client_of: ClientOf) -> None:
    store("400.9", "400.9.3", "400.10")
    case = case_at(State.SUBMITTED, staff)
    with pytest.raises(Refused, match=r"Kode 400\.9 masih umum\. .* misalnya 400\.9\.3 Urusan 400\.9\.3\."):
        consultations_services.register(case, by=staff.pkd, classification="400.9")
    form = client_of(staff.pkd).get(f"/permohonan/{case.code}/register/").text
    assert 'data-codes="/kode-klasifikasi/"' in form
    assert '<option value="400.9.3 Urusan 400.9 › Urusan 400.9.3"></option>' in form
    assert "Contoh: 400.9.3 Urusan 400.9 › Urusan 400.9.3." in form, "the example is a code that is taken"
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


def test_the_usual_codes_of_the_office_come_first(staff: Staff) -> None:
    store("400.9.2", "400.9.3", "400.10")
    for code in ("400.10", "400.9.3", "400.10"):
        case_at(State.SUBMITTED, staff)
        walk_in(staff, classification=code)
    assert [row.code for row in list_usual_codes()] == ["400.10", "400.9.3", "400.9.2"]
    store(*(f"100.{n}" for n in range(60)))
    assert [row.code for row in list_usual_codes()[:2]] == ["400.10", "400.9.3"], "however long the list is"


@each(
    ("typed", "code", "sentence"),
    [
        ("400.9.10 Sosial › Bencana alam", "400.9.10", ""),
        ("bencana", "400.9.10", ""),
        ("400.9.99", "400.9.99", ""),
        ("rehsos", "400.9.3", ""),
        ("longsor", "400.9.10", ""),
        ("bencana dtks", "", "Beberapa kode mungkin cocok. Pilih satu di bawah kotak ini."),
        ("sosial", "", "Beberapa kode mungkin cocok. Pilih satu di bawah kotak ini."),
        ("sawit", "", "Tidak ada kode yang cocok. Tulis kodenya, atau kata dari uraiannya. Contoh: 400.9.3"),
        ("4000", "", "Tidak ada kode yang cocok"),
        ("1.2.3.4.5.6.7", "", "Tidak ada kode yang cocok"),
        ("100.200.300.400.500.600", "", "20"),
        ("\0", "", "Tidak ada kode yang cocok"),
        (" ", "", "Pilih kode klasifikasi dari daftar"),
    ],
)
def test_a_code_is_chosen_by_its_title_or_by_words_of_it(
    typed: str, code: str, sentence: str, office: Office
) -> None:
    for _number, listed, name in TREE:
        ClassificationCode.objects.create(code=str(listed), name=str(name))
    Office.objects.update(report_classification="400.9")
    field = ClassificationField()
    if code:
        assert field.clean(typed) == code
        return
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    assert sentence in refused.value.messages[0]


def test_the_agenda_says_how_many_more_have_no_code(
    staff: Staff, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MAX_UNCODED", 1)
    pkd = client_of(staff.pkd)
    for more in ("", "dan 1 lainnya", "dan 2 lainnya"):
        walk_in(staff, classification="")
        panel = pkd.get("/agenda/").text.split('id="tanpa-kode"')[1].split("</section>")[0]
        assert panel.count("data-case") == 1
        assert more in panel
        assert bool(more) == ("lainnya" in panel)


def test_an_error_says_how_many_codes_fit_and_the_field_leads_to_all(office: Office) -> None:
    store(*(f"400.9.{n}" for n in range(1, 14)))
    field = ClassificationField()
    with pytest.raises(ValidationError, match="13 kode cocok"):
        field.clean("urusan")
    assert 'href="/kode-klasifikasi/"' in field.help_text


def test_words_that_fit_several_codes_offer_these_without_javascript(
    staff: Staff, client_of: ClientOf
) -> None:
    store("400.9.2", "400.9.3", "800.1")
    case, pkd = case_at(State.SUBMITTED, staff), client_of(staff.pkd)
    address = f"/permohonan/{case.code}/register/"
    assert "data-fitting" not in pkd.get(address).text
    asked = pkd.post(address, {**FILLED, "version": case.version, "classification": "urusan 400.9"})
    assert_says(asked, 422, "Beberapa kode mungkin cocok.")
    radio = re.findall(r'<input type="radio" name="classification" value="([^"]+)">', asked.text)
    assert radio == ["400.9.2", "400.9.3"]
    both = ["urusan 400.9", "400.9.3"]  # a browser sends the box before the button
    assert pkd.post(address, {**FILLED, "version": case.version, "classification": both}).status_code == 302
    case.refresh_from_db()
    assert case.classification == "400.9.3"


def test_everyday_words_find_official_titles(office: Office) -> None:
    """Their official words are those of the list that a new office has."""
    fixture = json.loads((Path(apps.get_app_config("office").path) / "fixtures/dinsospmd.json").read_text())
    for row in fixture:
        if row["model"] == "office.classificationcode":
            ClassificationCode.objects.create(**row["fields"])
    titles = " ".join(row.title for row in list_codes().values()).casefold()
    for word, official in EVERYDAY.items():
        assert find_codes(word), word
        assert official in titles
    assert [row.code for row in find_codes("lansia")] == ["400.9.6"]
    assert [row.code for row in find_codes("bantuan Lansia")] == ["400.9.6"]


def test_a_list_shows_a_code_that_an_everyday_word_found(staff: Staff, client_of: ClientOf) -> None:
    """A browser shows only options that contain the typed text."""
    ClassificationCode.objects.create(code="400.9.6", name="Pelayanan sosial lanjut usia")
    options = client_of(staff.petugas).get("/kode-klasifikasi/?daftar=1&q=lansia").text
    title = "400.9.6 Pelayanan sosial lanjut usia"
    assert options.strip() == f'<option value="{title}" label="{title} (lansia)"></option>'


def test_the_counter_asks_no_code_and_tim_pkd_adds_it(staff: Staff, client_of: ClientOf) -> None:
    store("400.9.3")
    assert "classification" not in client_of(staff.sekretariat).get("/datang-langsung/").text
    case = walk_in(staff, classification="")
    pkd = client_of(staff.pkd)
    assert "Datang langsung tanpa kode klasifikasi" in pkd.get("/agenda/").text
    assert 'data-uncoded="1"' in pkd.get("/meja/").text
    assert "tanpa kode klasifikasi" not in client_of(staff.petugas).get("/agenda/").text
    form = f"/permohonan/{case.code}/correct_data/"
    assert f'<a href="{form}">Isi kode</a>' in read_all(pkd, case)
    assert f'<a href="{form}">Isi kode</a>' not in read_all(client_of(staff.petugas), case)
    kept = {"subject": case.subject, "applicant_name": case.applicant_name, "phone": str(case.phone)}
    kept |= {"organisation": case.organisation}
    shown = pkd.get(form).text
    assert (
        shown.index('name="classification"')
        < shown.index("Perbaiki isian lain")
        < shown.index('name="subject"')
    )
    other = pkd.post(form, {**kept, "classification": "400", "subject": "Lain"})
    assert_says(other, 422, "Tulis alasannya.")
    assert pkd.post(form, {**kept, "classification": "400"}).status_code == 302
    assert case.history.latest("pk").note == "Kode klasifikasi. Kode pertama permohonan ini"
    assert "Perbaiki isian lain" not in pkd.get(form).text
    assert pkd.post(form, {**kept, "classification": "400.1"}).status_code == 422, (
        "a second code needs a reason"
    )
    kept["reason"] = "Dari buku tamu."
    case.refresh_from_db()
    assert case.classification == "400"
    assert "tanpa kode klasifikasi" not in pkd.get("/agenda/").text
    assert "data-uncoded" not in pkd.get("/meja/").text
    store("400.9")
    answer = pkd.post(form, {**kept, "classification": "400.9"})
    assert "masih umum" in answer.text
    assert pkd.post(form, {**kept, "classification": "400.9.3 Urusan 400.9.3"}).status_code == 302
    case.refresh_from_db()
    assert case.classification == "400.9.3"
    assert DataCorrection.objects.filter(corrected="classification").count() == 2
