"""The folder of evidence: who makes it, what is in it, what its list says is missing."""

import hashlib
import io
from zipfile import ZipFile

import pytest
from django.test import Client

from consultations.enums import State
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
    quarter, case = this_quarter(), case_at(State.CLOSED, staff)
    answers(sheet=[(3, 3, 3, 4, 4, 4, 4, 4, 4)] * 5)
    publish(staff.kadis, quarter)
    with after(quarter):
        print_register(Register.Kind.AGENDA_BOOK, by=staff.pkd, since=quarter.since, until=quarter.until)
        folder = make(client_of(staff.pkd), quarter)
    names, lines = folder.namelist(), folder.read("ISI.txt").decode().splitlines()[2:]
    sums = dict(line.split("  ")[::-1] for line in lines if not line.startswith("TIDAK ADA"))
    assert set(sums) == set(names) - {"ISI.txt"}
    assert all(hashlib.sha256(folder.read(name)).hexdigest() == digest for name, digest in sums.items())
    assert {"standar-pelayanan.pdf", "statistik.csv", "register/buku-agenda.pdf"} < {*names}
    assert "Kepala Dinas" in text_of(folder.read("survei/laporan-skm.pdf"))
    assert any("Register triwulan ini belum diterbitkan" in line for line in lines)
    for name in names:
        if name.endswith(".xlsx"):
            book = ZipFile(io.BytesIO(folder.read(name)))
            assert case.code.encode() not in b"".join(map(book.read, book.namelist())), name


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
    listed = make(client_of(staff.kadis), empty).read("ISI.txt").decode()
    assert "Hasil survei triwulan ini belum ditetapkan." in listed
