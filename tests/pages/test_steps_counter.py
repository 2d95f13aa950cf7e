"""The two pages of the Sekretariat: a paper letter, and an urgent visitor on one screen."""

import datetime as dt
import uuid
from typing import Any

import pikepdf
import pytest
from django.test import Client

from consultations.enums import State
from consultations.models import Case
from kit import clock
from kit.refusal import Refused
from office.models import Appointment, Role
from tests.factories import Staff, appoint, client_of, walk_in, walk_in_at, wished_moment, working_moment
from tests.shared_data import each
from tests.submitting import assert_says, image, pdf, upload

APPLICANT = {"applicant_name": "Budi Contoh", "phone": "081311112222"}
MATTER = {"subject": "Anggaran desa", "material": "Cara menyusun anggaran."}
LETTER = {**APPLICANT, **MATTER, "kind": "CONSULTATION", "channel": "LETTER"}


def visitor(staff: Staff, **changes: Any) -> dict[str, Any]:
    served_by = f"{staff.division.pk}-{staff.petugas.pk}"
    details = {"subject": "Warga terlantar", "served_by": served_by}
    return {**APPLICANT, **details, **changes}


@pytest.fixture
def counter(staff: Staff) -> Client:
    return client_of(staff.sekretariat)


def test_the_counter_records_the_help_that_a_visitor_needs(staff: Staff, counter: Client) -> None:
    counter.post("/surat-masuk/", {**LETTER, "needs_large_print": "on"})
    counter.post("/datang-langsung/", visitor(staff, needs_companion="on"))
    letter, walk_in = Case.objects.order_by("pk")
    assert letter.help_needed == ["Naskah cetak besar"]
    assert walk_in.help_needed == ["Didampingi petugas di kantor"]
    sheet = walk_in.dispositions.get()
    assert sheet.note == "Datang langsung karena mendesak.", "nothing that ends with its ratification"


@each("path", ["/surat-masuk/", "/datang-langsung/"])
def test_only_for_the_secretariat(path: str, staff: Staff) -> None:
    for name, user in vars(staff).items():
        client = client_of(user)
        assert client.get(path).status_code == (200 if name == "sekretariat" else 403), name
        assert client.post(path).status_code in (403, 422)
    assert not Case.objects.exists()


def test_the_same_form_twice_is_one_case(staff: Staff, counter: Client) -> None:
    data = visitor(staff, submission_token=str(uuid.uuid4()))
    first, second = (counter.post("/datang-langsung/", data)["Location"] for _ in range(2))
    assert first == second == f"/permohonan/{Case.objects.get().code}/"


def test_an_officer_without_a_division_head_is_not_offered(staff: Staff, counter: Client) -> None:
    Appointment.objects.filter(user=staff.kabid).update(ends=clock.today() - dt.timedelta(days=1))
    assert f'value="{staff.division.pk}-' not in counter.get("/datang-langsung/").text
    assert counter.post("/datang-langsung/", visitor(staff)).status_code == 422
    with pytest.raises(Refused, match="belum memiliki Kepala Bidang"):
        walk_in(staff)


def test_officer_in_two_divisions_is_listed_in_both(staff: Staff, counter: Client) -> None:
    appoint(staff.petugas, Role.OFFICER, staff.other_division)
    page = counter.get("/datang-langsung/").text
    first, second = (f"{d.pk}-{staff.petugas.pk}" for d in (staff.division, staff.other_division))
    assert f'value="{first}"' in page
    assert f'value="{second}"' in page
    counter.post("/datang-langsung/", visitor(staff, served_by=second))
    case = Case.objects.get()
    assert (case.division, case.officer) == (staff.other_division, staff.petugas)
    walk_in_at(State.IN_SESSION, staff)
    assert "Sedang dalam konsultasi" in counter.get("/datang-langsung/").text


@each("forged", ["", "x", "1", "0-0", "-", f"{10**40}-1", "\0", "{0}-{1}"])
def test_forged_officer_or_one_of_another_division_fails(forged: str, staff: Staff, counter: Client) -> None:
    served_by = forged.format(staff.other_division.pk, staff.petugas.pk)
    answer = counter.post("/datang-langsung/", visitor(staff, served_by=served_by))
    assert_says(answer, 422, "Warga terlantar")
    assert not Case.objects.exists()


@each("field", ["applicant_name", "phone", "subject"])
@each("value", ["", "\0", "x" * 100_000])
def test_walk_in_with_nonsense(field: str, value: str, staff: Staff, counter: Client) -> None:
    answer = counter.post("/datang-langsung/", visitor(staff, **{field: value}))
    assert answer.status_code == 422
    assert "WhatsApp Anda" not in answer.text, "the number is the applicant's"
    assert not Case.objects.exists()


@each(
    ("path", "field", "purpose"),
    [("/surat-masuk/", "letter", "LETTER"), ("/datang-langsung/", "materials", "MATERIAL")],
)
def test_several_scans_are_merged(path: str, field: str, purpose: str, staff: Staff, counter: Client) -> None:
    data, pages = {**LETTER, **visitor(staff)}, [image("JPEG"), image("PNG")]
    broken = [upload("satu.jpg", pages[0]), upload("dua.jpg", b"rusak")]
    assert_says(counter.post(path, {**data, field: broken}), 422, "<li>satu.jpg</li>")
    assert not Case.objects.exists()
    scans = [upload("satu.jpg", pages[0]), upload("dua.png", pages[1]), upload("tiga.pdf", pdf())]
    assert counter.post(path, {**data, field: scans}).status_code == 302
    stored = Case.objects.get().attachments.get()
    assert (stored.purpose, stored.content_type, stored.name) == (purpose, "application/pdf", "satu.pdf")
    with pikepdf.open(stored.file.path) as merged:
        assert len(merged.pages) == 3


LATER, EARLY = working_moment(1), wished_moment(3)  # the office may take until EARLY to schedule
NONSENSE = {
    "at": (f"{LATER:%Y-%m-%dT%H:%M}", "0000-01-01T00:00"),
    "letter_date": (f"{LATER:%Y-%m-%d}", "99999-01-01"),
    "channel": ("ONLINE", "WALK_IN"),
    "visit_at": ("x", "2020-01-01T02:00", f"{EARLY:%Y-%m-%dT%H:%M}"),
    "submission_token": ("x",),
    "material": ("",),
    "email": ("x",),
    "kind": ("x",),
}


def test_letter_with_nonsense(counter: Client) -> None:
    for field, value in ((field, value) for field, values in NONSENSE.items() for value in values):
        assert_says(counter.post("/surat-masuk/", {**LETTER, field: value}), 422, "Anggaran desa")
    assert_says(counter.post("/surat-masuk/", {**LETTER, "at": "2020-01-02T09:00"}), 409, "90 hari")
    assert not Case.objects.exists()
    assert counter.post("/surat-masuk/", LETTER).status_code == 302
