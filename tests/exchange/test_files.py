"""Files for other systems: the bundle for SRIKANDI and the sheet for SP4N-LAPOR!."""

import datetime as dt
import hashlib
import io
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from consultations.audit.models import AuditEntry
from consultations.enums import Kind, State
from consultations.models import Case
from desk.exports import create_export_file
from documents.models import Document
from exchange import srikandi
from kit import clock
from office.models import Office
from reports.models import Export
from tests.case_page import read_all
from tests.factories import ClientOf, Staff, case_at, independent_case, sign_papers
from tests.pages.test_hidden_identity import hidden_at


def read_sheet(content: bytes) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def make_bundle(client: Client) -> ZipFile:
    page = client.post("/srikandi/", {"bulan": srikandi.list_months()[0].key})["Location"]
    key = page.split("/")[2]
    create_export_file.call(key)
    assert "Berkas untuk SRIKANDI" in client.get(page).text
    return ZipFile(io.BytesIO(client.get(f"/ekspor/{key}/berkas/").getvalue()))


def test_the_bundle_has_the_documents_and_a_manifest(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.CLOSED, staff)
    about = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT)
    Case.objects.filter(pk=about.pk).update(complained_about=staff.kadis)
    independent_case()
    sign_papers(case, staff)
    bundle = make_bundle(client_of(staff.kadis))
    head, *rows = read_sheet(bundle.read("manifes.xlsx"))
    assert head[:4] == ["Nomor naskah", "Tanggal", "Jenis naskah", "Kode klasifikasi"]
    documents = Document.objects.ready().filter(case=case).exclude(kind="RECEIPT")
    assert len(rows) == documents.count() == len(bundle.namelist()) - 1
    assert {row[10] for row in rows} == set(documents.values_list("sha256", flat=True))
    for row in rows:
        assert hashlib.sha256(bundle.read(row[9])).hexdigest() == row[10]
    of_kind = {row[2]: row for row in rows}
    assert of_kind["Laporan Hasil Konsultasi"][3:7:3] == ["400.9", "Siti Contoh"]
    assert of_kind["Formulir Permohonan"][5:7] == ["Siti Contoh", Office.load().name]
    assert AuditEntry.objects.filter(act="EXPORT", user=staff.kadis).exists()


def test_the_bundle_is_bounded(staff: Staff, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    case_at(State.CLOSED, staff)
    monkeypatch.setattr(srikandi, "MAX_DOCUMENTS", 2)
    bundle = make_bundle(client_of(staff.pkd))
    assert len(bundle.namelist()) == 3
    assert "2 naskah pertama" in read_sheet(bundle.read("manifes.xlsx"))[-1][0]


def test_nobody_who_has_left_gets_the_bundle(staff: Staff, client_of: ClientOf) -> None:
    page = client_of(staff.pkd).post("/srikandi/", {"bulan": srikandi.list_months()[0].key})["Location"]
    staff.pkd.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    with pytest.raises(PermissionDenied):
        create_export_file.call(page.split("/")[2])
    assert Export.objects.get().failed_at


def test_the_months_begin_with_the_first_step_of_the_office(staff: Staff, client_of: ClientOf) -> None:
    assert len(srikandi.list_months()) == 1
    with clock.set_to(clock.now() - dt.timedelta(days=70)):
        case_at(State.SUBMITTED, staff)
    months = srikandi.list_months()
    assert len(months) in (3, 4)
    assert months[-1].since <= clock.today() - dt.timedelta(days=70) <= months[-1].until
    with clock.set_to(clock.now() + dt.timedelta(days=900)):
        assert len(srikandi.list_months()) == srikandi.MAX_MONTHS
    answer = client_of(staff.pkd).post("/srikandi/", {"bulan": "1999-01"})
    assert (answer.status_code, "Pilih bulan" in answer.text) == (422, True)


def test_the_sheet_has_what_lapor_asks_for(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT, lapor_number="9876543")
    client = client_of(staff.pkd)
    assert f"/permohonan/{case.code}/lembar-lapor/" in read_all(client, case)
    sheet = dict(row[:2] for row in read_sheet(client.get(f"/permohonan/{case.code}/lembar-lapor/").content))
    assert sheet["Klasifikasi laporan"] == "Pengaduan"
    assert sheet["Isi laporan"] == case.material
    assert sheet["Nomor laporan LAPOR!"] == "9876543"
    assert sheet["Instansi tujuan"] == Office.load().name
    assert sheet["Nama pelapor"] == "Siti Contoh"
    assert AuditEntry.objects.filter(act="EXPORT", case=case).count() == 1
    hidden = hidden_at(State.REGISTERED, staff)
    rows = read_sheet(client.get(f"/permohonan/{hidden.code}/lembar-lapor/").content)
    assert ["Nama pelapor", None, "Identitas dirahasiakan pelapor: jangan ditulis."] in rows


def test_the_sheet_is_for_those_who_handle_complaints(staff: Staff, client_of: ClientOf) -> None:
    complaint, other = (case_at(State.REGISTERED, staff, kind=kind) for kind in Kind.values[::-1])
    found = {
        (name, case.kind): client_of(getattr(staff, name)).get(f"/permohonan/{case.code}/lembar-lapor/")
        for name in ("pkd", "kadis", "sekretariat", "petugas", "admin")
        for case in (complaint, other)
    }
    opened = {key for key, answer in found.items() if answer.status_code == 200}
    assert opened == {("pkd", "COMPLAINT"), ("kadis", "COMPLAINT")}
    assert {answer.status_code for key, answer in found.items() if key not in opened} == {404}
