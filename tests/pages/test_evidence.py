"""The folder of evidence: who makes it, what is in it, what its index says is missing."""

import hashlib
import io
from zipfile import ZipFile

import pytest
from django.test import Client
from openpyxl import load_workbook

from consultations.enums import Kind, State
from consultations.models import Case
from desk.exports import create_export_file
from documents.models import Register
from documents.registers.printing import print_register
from kit.periods import Period
from office.models import User
from reports.models import Export
from tests.factories import Staff, case_at, client_of, publish_standard
from tests.print.reading import text_of
from tests.surveys.answering import DAY, after, answers, publish, this_quarter


def make(client: Client, quarter: Period) -> ZipFile:
    """Return the folder that a press of the button makes."""
    page = client.post("/map-bukti/", {"triwulan": quarter.key})["Location"]
    assert "Map sedang dibuat" in client.get(page).text
    key = page.split("/")[2]
    create_export_file.call(key)
    assert "Map siap" in client.get(page).text
    return ZipFile(io.BytesIO(client.get(f"/ekspor/{key}/berkas/").getvalue()))


@pytest.mark.release
def test_the_folder_has_all_evidence_and_the_hash_of_each_file(staff: Staff) -> None:
    publish_standard()
    quarter = this_quarter()
    hidden = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT, complained_party="Kepala Dinas")
    Case.objects.filter(pk=hidden.pk).update(complained_about=staff.kadis)
    case = case_at(State.CLOSED, staff)
    answers(sheet=[(3, 3, 3, 4, 4, 4, 4, 4, 4)] * 5)
    publish(staff.kadis, quarter)
    with after(quarter):
        print_register(Register.Kind.AGENDA_BOOK, by=staff.pkd, since=quarter.since, until=quarter.until)
        folder = make(client_of(staff.pkd), quarter)
        of_official = make(client_of(staff.kadis), quarter)

    names = folder.namelist()
    parts = {name.split("/")[0] for name in names if "/" in name}
    assert parts == {"1 Input", "2 Proses", "3 Output", "4 Pengaduan"}
    sums = dict(line.split("  ")[::-1] for line in folder.read("SHA256SUMS.txt").decode().splitlines())
    assert set(sums) == set(names) - {"SHA256SUMS.txt", "00 Indeks.pdf"}
    assert all(hashlib.sha256(folder.read(name)).hexdigest() == digest for name, digest in sums.items())
    index = text_of(folder.read("00 Indeks.pdf"))
    expected = (
        "Matriks ketepatan waktu",
        "laporan-skm.pdf",
        "buku-agenda.pdf",
        "Register triwulan ini belum",
    )
    assert [words for words in expected if words not in index] == []
    assert "Kepala Dinas" in text_of(folder.read("3 Output/laporan-skm.pdf"))
    standard = text_of(folder.read("1 Input/standar-pelayanan.pdf"))
    expected = ("Ani Uji, S.Sos.", "Kontak", "Laporan", "Belum ditetapkan dalam SK.")
    assert [words for words in expected if words not in standard] == []
    documents = folder.read("2 Proses/daftar-naskah.csv").decode()
    assert all(document.sha256 in documents for document in case.documents.all())
    assert case.applicant_name not in documents
    for name in names:
        if name.endswith(".xlsx"):
            book = ZipFile(io.BytesIO(folder.read(name)))
            assert case.code.encode() not in b"".join(map(book.read, book.namelist())), name
    matrix = folder.read("2 Proses/matriks-ketepatan-waktu.xlsx")
    head, *rows = load_workbook(io.BytesIO(matrix)).active.iter_rows(values_only=True)
    assert head[2:4] == ("Standar SK (menit)", "Target internal, di luar SK (menit kerja)")
    assert [row[2:4] for row in rows][:2] == [(None, 480), (None, 480)]
    assert (rows[-1][0], *rows[-1][2:4]) == ("Lama konsultasi", 30, None)
    about = [str(document.pk) for document in hidden.documents.all()]
    listed = of_official.read("2 Proses/daftar-naskah.csv").decode()
    assert about
    assert [key for key in about if key in listed] == []


@pytest.mark.differs_by_database
def test_who_makes_a_folder_and_of_which_quarters(staff: Staff) -> None:
    allowed = {"sekretariat", "pkd", "sekretaris", "kadis"}
    for user in User.objects.all():
        client = client_of(user)
        found = client.get("/map-bukti/").status_code, client.post("/map-bukti/").status_code
        assert found == ((200, 422) if user.username in allowed else (403, 403)), user.username
    assert client_of(staff.pkd).post("/map-bukti/", {"triwulan": this_quarter().key}).status_code == 422
    assert not Export.objects.exists()
    assert client_of(staff.pkd).post("/ekspor/permohonan.zip").status_code == 404
    empty = Period.quarter_of(this_quarter().since - DAY)
    index = text_of(make(client_of(staff.kadis), empty).read("00 Indeks.pdf"))
    assert "Hasil survei triwulan ini belum ditetapkan." in index
