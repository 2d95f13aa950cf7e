"""The two pages of the Sekretariat: a paper letter, and an urgent visitor on one screen."""

import datetime as dt
import io
import uuid
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from consultations.enums import State
from consultations.models import Case
from kit import clock
from kit.refusal import Refused
from office.models import Appointment, Role
from tests.factories import ClientOf, Staff, appoint, walk_in, walk_in_at, wished_moment, working_moment
from tests.shared_data import each
from tests.submitting import image, pdf, upload

LETTER = {
    "applicant_name": "Budi Contoh",
    "phone": "081311112222",
    "subject": "Anggaran desa",
    "material": "Cara menyusun anggaran.",
    "kind": "CONSULTATION",
    "channel": "LETTER",
}


def visitor(staff: Staff) -> dict[str, Any]:
    return {
        "applicant_name": "Budi Contoh",
        "phone": "081311112222",
        "subject": "Warga terlantar",
        "classification": "400.9",
        "served_by": f"{staff.division.pk}-{staff.petugas.pk}",
    }


def test_the_counter_records_the_help_that_a_visitor_needs(staff: Staff, client_of: ClientOf) -> None:
    client = client_of(staff.sekretariat)
    client.post("/surat-masuk/", {**LETTER, "needs_large_print": "on"})
    client.post("/datang-langsung/", {**visitor(staff), "needs_companion": "on"})
    helped = [case.help_needed for case in Case.objects.order_by("pk")]
    assert helped == [["Naskah berhuruf besar"], ["Didampingi petugas di kantor"]]


@each("path", ["/surat-masuk/", "/datang-langsung/"])
def test_only_for_the_secretariat(path: str, staff: Staff, client_of: ClientOf) -> None:
    for name, user in vars(staff).items():
        client = client_of(user)
        assert client.get(path).status_code == (200 if name == "sekretariat" else 403), name
        assert client.post(path).status_code in (403, 422)
    assert not Case.objects.exists()


def test_the_same_form_twice_is_one_case(staff: Staff, client_of: ClientOf) -> None:
    client, token = client_of(staff.sekretariat), str(uuid.uuid4())
    first = client.post("/datang-langsung/", {**visitor(staff), "submission_token": token})
    second = client.post("/datang-langsung/", {**visitor(staff), "submission_token": token})
    assert first["Location"] == second["Location"] == f"/permohonan/{Case.objects.get().code}/"


def test_an_officer_without_a_division_head_is_not_offered(staff: Staff, client_of: ClientOf) -> None:
    Appointment.objects.filter(user=staff.kabid).update(ends=clock.today() - dt.timedelta(days=1))
    client = client_of(staff.sekretariat)
    assert f'value="{staff.division.pk}-' not in client.get("/datang-langsung/").content.decode()
    assert client.post("/datang-langsung/", visitor(staff)).status_code == 422
    with pytest.raises(Refused, match="belum memiliki Kepala Bidang"):
        walk_in(staff)


def test_officer_in_two_divisions_is_listed_in_both(staff: Staff, client_of: ClientOf) -> None:
    appoint(staff.petugas, Role.OFFICER, staff.other_division)
    client = client_of(staff.sekretariat)
    page = client.get("/datang-langsung/").content.decode()
    for division in (staff.division, staff.other_division):
        assert f'value="{division.pk}-{staff.petugas.pk}"' in page
    client.post(
        "/datang-langsung/",
        {**visitor(staff), "served_by": f"{staff.other_division.pk}-{staff.petugas.pk}"},
    )
    case = Case.objects.get()
    assert (case.division, case.officer) == (staff.other_division, staff.petugas)


def test_officer_in_a_consultation_is_marked(staff: Staff, client_of: ClientOf) -> None:
    walk_in_at(State.IN_SESSION, staff)
    page = client_of(staff.sekretariat).get("/datang-langsung/").content.decode()
    assert "Sedang dalam konsultasi" in page


@each("forged", ["", "x", "1", "0-0", "-", f"{10**40}-1", "\0", "{0}-{1}"])
def test_forged_officer_or_one_of_another_division_changes_nothing(
    forged: str, staff: Staff, client_of: ClientOf
) -> None:
    served_by = forged.format(staff.other_division.pk, staff.petugas.pk)
    data = {**visitor(staff), "served_by": served_by}
    answer = client_of(staff.sekretariat).post("/datang-langsung/", data)
    assert answer.status_code == 422
    assert "Warga terlantar" in answer.content.decode()
    assert not Case.objects.exists()


@each("field", ["applicant_name", "phone", "subject", "classification"])
@each("value", ["", "\0", "x" * 100_000])
def test_walk_in_with_nonsense(field: str, value: str, staff: Staff, client_of: ClientOf) -> None:
    answer = client_of(staff.sekretariat).post("/datang-langsung/", {**visitor(staff), field: value})
    assert answer.status_code == 422
    assert "WhatsApp Anda" not in answer.content.decode(), "the number is the applicant's"
    assert not Case.objects.exists()


def test_walk_in_with_a_classification_out_of_the_air(staff: Staff, client_of: ClientOf) -> None:
    data = {**visitor(staff), "classification": "ngawur"}
    answer = client_of(staff.sekretariat).post("/datang-langsung/", data)
    assert answer.status_code == 422
    assert "Tulis kode klasifikasi berupa angka, contoh: 400.9." in answer.content.decode()


def test_the_sheet_of_a_walk_in_says_nothing_that_ends_with_its_ratification(
    staff: Staff, client_of: ClientOf
) -> None:
    client_of(staff.sekretariat).post("/datang-langsung/", visitor(staff))
    assert Case.objects.get().dispositions.get().note == "Datang langsung karena mendesak."


def test_letter_with_its_scan(staff: Staff, client_of: ClientOf) -> None:
    broken = SimpleUploadedFile("surat.pdf", b"not a pdf", "application/pdf")
    answer = client_of(staff.sekretariat).post("/surat-masuk/", {**LETTER, "letter": broken})
    assert answer.status_code == 422
    assert not Case.objects.exists()
    assert client_of(staff.sekretariat).post("/surat-masuk/", LETTER).status_code == 302


@each(
    ("path", "field", "purpose"),
    [("/surat-masuk/", "letter", "LETTER"), ("/datang-langsung/", "materials", "MATERIAL")],
)
def test_several_scans_become_one_pdf(
    path: str, field: str, purpose: str, staff: Staff, client_of: ClientOf
) -> None:
    client, data = client_of(staff.sekretariat), {**LETTER, **visitor(staff)}
    pages = [image("JPEG"), image("PNG")]
    broken = [upload("satu.jpg", pages[0]), upload("dua.jpg", b"rusak")]
    refused = client.post(path, {**data, field: broken})
    assert refused.status_code == 422
    assert "<li>satu.jpg</li>" in refused.content.decode()
    scans = [upload("satu.jpg", pages[0]), upload("dua.png", pages[1]), upload("tiga.pdf", pdf())]
    assert client.post(path, {**data, field: scans}).status_code == 302
    stored = Case.objects.get().attachments.get()
    assert (stored.purpose, stored.content_type, stored.name) == (purpose, "application/pdf", "satu.pdf")
    with stored.file.open() as content, pikepdf.open(io.BytesIO(content.read())) as merged:
        assert len(merged.pages) == 3


@each(
    ("field", "value"),
    [
        ("at", working_moment(1).strftime("%Y-%m-%dT%H:%M")),
        ("at", "0000-01-01T00:00"),
        ("letter_date", working_moment(1).date().isoformat()),
        ("letter_date", "99999-01-01"),
        ("channel", "ONLINE"),
        ("channel", "WALK_IN"),
        ("kind", "x"),
        ("email", "x"),
        ("material", ""),
        ("submission_token", "x"),
        ("visit_at", "x"),
        ("visit_at", "2020-01-01T02:00"),
        ("visit_at", f"{wished_moment(3):%Y-%m-%dT%H:%M}"),  # the office may take until then to schedule
    ],
)
def test_letter_with_nonsense(field: str, value: str, staff: Staff, client_of: ClientOf) -> None:
    answer = client_of(staff.sekretariat).post("/surat-masuk/", {**LETTER, field: value})
    assert answer.status_code == 422
    assert "Anggaran desa" in answer.content.decode()
    assert not Case.objects.exists()
