"""Attendance and photographs of a consultation: the sheet, the step, who sees them, the printed appendix."""

from typing import Any

from django.core.files.storage import default_storage
from django.test import Client, TestCase
from pytest_django.asserts import assertContains

from consultations.enums import Identity, Kind, State
from consultations.intake.uploads import CheckedFile
from consultations.models import Attachment, Case
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.queries import current_session
from documents.contexts.letters import sheet_context, split_attendees
from documents.files import ATTENDANCE
from reports import services as report_services
from reports.services import MAX_FILES, record_attendance
from tests.case_page import read_all
from tests.factories import SECTIONS, WAY, Staff, case_at, client_of
from tests.pages.test_steps import address
from tests.print.documents import words_of
from tests.submitting import image, pdf, upload

LIST = "Siti Contoh; Kepala Desa; Desa Contoh\n\nBudi Contoh"


def photo(name: str = "foto.jpg") -> CheckedFile:
    return CheckedFile(image("JPEG"), "image/jpeg", name)


def send(client: Client, case: Case, **more: Any) -> Any:
    return client.post(address(case, "record_attendance"), {"attendees": LIST, **more})


def files_of(case: Case) -> list[str]:
    return [file.purpose for file in case.attachments.order_by("pk")]


def test_lists_and_photos_are_kept_with_the_case(staff: Staff) -> None:
    case, client = case_at(State.HELD, staff), client_of(staff.petugas)
    sheets = [upload("hadir.pdf", pdf()), upload("hadir.png", image("PNG"))]
    taken = send(client, case, sheets=sheets, photos=upload("foto.jpg", image("JPEG", (60, 40))))
    assert taken.status_code == 302
    assert files_of(case) == ["ATTENDANCE", "ATTENDANCE", "PHOTO"]
    shown = read_all(client_of(staff.companion), case)
    *_sheets, stored = case.attachments.order_by("pk")
    assert f'<img src="/berkas/{stored.pk}/"' in shown
    assert "<dd>Siti Contoh, Kepala Desa, Desa Contoh<br>Budi Contoh</dd>" in shown
    opened = client_of(staff.companion).get(f"/berkas/{stored.pk}/")
    assert opened.getvalue().startswith(b"\xff\xd8")
    assert client_of(staff.elsewhere).get(f"/berkas/{stored.pk}/").status_code == 404
    assert Client().get(f"/p/{case.secret}/berkas/{stored.pk}/").status_code == 404


def test_the_report_prints_them_as_its_appendix(staff: Staff) -> None:
    case = case_at(State.HELD, staff)
    report_services.report(case, by=staff.petugas, **SECTIONS)
    assert "Lampiran Daftar hadir A." in words_of("laporan", case)
    report_services.revise(case, by=staff.kabid, reason="Lampirkan daftar hadir.")
    scan = CheckedFile(pdf(), "application/pdf", "pindaian.pdf")
    record_attendance(case, by=staff.petugas, attendees=LIST, sheets=[scan, photo()], photos=[photo()])
    for state in (State.REPORTED, State.FORWARDED, State.CLOSED):
        WAY[state](case, staff)
    printed = words_of("laporan", case)
    assert f"Lampiran Laporan Hasil Konsultasi Nomor {case.report_number}" in printed
    assert "1. Petugas Petugas Rehabilitasi Sosial Dinas Contoh" in printed
    assert "3. Siti Contoh Kepala Desa Desa Contoh 4. Budi Contoh – –" in printed
    assert "sebagai berkas pindaian.pdf" in printed
    assert "Lampiran Daftar hadir dan foto konsultasi A." in printed
    assert "Yang hadir 4 orang, menurut daftar hadir pada lampiran" in printed


def test_a_file_is_deleted_until_an_accepted_report_contains_it(staff: Staff) -> None:
    case, client = case_at(State.HELD, staff), client_of(staff.petugas)
    record_attendance(case, by=staff.petugas, photos=[photo("satu.jpg"), photo("dua.jpg")])
    first, second = case.attachments.order_by("pk")
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert send(client, case, removed=[first.pk]).status_code == 302
    assert files_of(case) == ["PHOTO"]
    assert not default_storage.exists(str(first.file))
    removed = Attachment._base_manager.get(removed_by=staff.petugas)
    assert (removed.pk, removed.sha256, removed.file.name) == (first.pk, first.sha256, "")
    assert client.get(f"/berkas/{first.pk}/").status_code == 404
    for page in (f"/permohonan/{case.code}/", address(case, "record_attendance")):
        assert f"/berkas/{first.pk}/" not in client.get(page).text
    case.refresh_from_db()
    for state in (State.REPORTED, State.FORWARDED, State.CLOSED):
        WAY[state](case, staff)
    report_services.correct(case, by=staff.kadis, reason="Nama desa keliru.")
    assert "Hapus berkas" not in client.get(address(case, "record_attendance")).text
    assert send(client, case, removed=[second.pk], version=case.version).status_code == 302
    assert files_of(case) == ["PHOTO"]


def test_there_is_a_limit_and_a_pdf_is_no_photo(staff: Staff) -> None:
    case, client = case_at(State.HELD, staff), client_of(staff.petugas)
    refused = send(client, case, photos=[upload("foto.jpg", image("JPEG")), upload("surat.pdf", pdf())])
    assert refused.status_code == 422
    assert "Ini PDF. Pilih foto" in refused.text
    assert "<li>foto.jpg</li>" in refused.text
    record_attendance(case, by=staff.petugas, photos=[photo()] * MAX_FILES)
    full = send(client, case, version=case.version, photos=upload("foto.jpg", image("JPEG")))
    assert full.status_code == 409
    assert "Paling banyak 12 berkas" in full.text
    assert len(files_of(case)) == MAX_FILES


def test_the_form_opens_with_the_applicant_and_asks_who_attended(staff: Staff) -> None:
    case, client = case_at(State.IN_SESSION, staff), client_of(staff.petugas)
    form = client.get(address(case, "finish")).context["form"]
    (first,) = split_attendees(form["attendees"].value())
    assert (first.name, first.organisation) == (case.applicant_name, "Desa Contoh")
    refused = client.post(address(case, "record_attendance"), {})
    assert (refused.status_code, [*refused.context["form"].errors]) == (422, ["attendees"])


def test_an_answer_in_writing_has_no_attendance_and_a_hidden_complainant_no_picture(staff: Staff) -> None:
    hidden = case_at(State.HELD, staff, kind=Kind.COMPLAINT, identity=Identity.CONFIDENTIAL)
    answer = client_of(staff.petugas).get(address(hidden, "record_attendance"))
    assertContains(answer, "Identitas pelapor tidak terbuka", status_code=409)
    case, client = case_at(State.PREPARED, staff), client_of(staff.petugas)
    scheduling_services.answer(case, by=staff.petugas, answer="Sudah kami perbaiki.")
    assert 'name="attendees"' not in client.get(address(case, "record_attendance")).text
    assert client.get(f"/permohonan/{case.code}/daftar-hadir.pdf").status_code == 409


def test_the_sheet_names_the_known_people(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    answer = client_of(staff.companion).get(f"/permohonan/{case.code}/daftar-hadir.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert client_of(staff.elsewhere).get(f"/permohonan/{case.code}/daftar-hadir.pdf").status_code == 404
    session = current_session(case)
    assert session
    html = ATTENDANCE.render_html(case=case, **sheet_context(case, session))
    for name in ("Petugas", "Companion", "Siti Contoh"):
        assert f"<td>{name}</td>" in html
    assert html.count('<td class="urut">') == 9
