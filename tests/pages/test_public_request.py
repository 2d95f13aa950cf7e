"""The public form: required fields, error messages, and what is stored."""

import datetime as dt
import io
import re
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations.enums import Channel, State
from consultations.intake.models import RequestDraft
from consultations.intake.request_form import ComplaintForm, RequestForm, first_words
from consultations.models import Attachment, Case, StateTarget
from kit import clock
from office.models import Appointment, ClosedDay, OpeningHours
from tests.factories import WAY, ClientOf, Staff, wished_moment
from tests.print.documents import words_in, words_of
from tests.shared_data import each
from tests.submitting import image, pdf, send, stored_files, typed, upload

pytestmark = pytest.mark.usefixtures("staff")

MONDAY = dt.datetime(2026, 11, 23, 8, 0, tzinfo=timezone.get_default_timezone())


@each(("path", "kind"), [("/ajukan/", "CONSULTATION"), ("/pengaduan/", "COMPLAINT")])
def test_the_required_fields_are_enough(client: Client, path: str, kind: str) -> None:
    answer = send(client, path, typed())
    case = Case.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/p/{case.secret}/tanda-terima/"
    assert (case.kind, case.state, case.channel) == (kind, State.SUBMITTED, Channel.ONLINE)
    assert str(case.phone) == "+6281234567890"
    assert case.subject == (case.wording.neutral_subject or case.material)
    assert case.visit_at == wished_moment()


def test_help_for_people_with_disabilities_reaches_who_serves(
    client: Client, staff: Staff, client_of: ClientOf
) -> None:
    draft = client.post("/ajukan/", typed(needs_sign_language="on", needs_visit="on"))["Location"]
    assert "Juru bahasa isyarat Ya Petugas datang ke desa atau kelurahan Ya" in words_in(
        client.get(draft).content.decode()
    )
    client.post(draft)
    case, asked = Case.objects.get(), "Juru bahasa isyarat; Petugas datang ke desa atau kelurahan"
    for state in (State.REGISTERED, State.DISPOSED, State.ASSIGNED, State.PREPARED, State.SCHEDULED):
        WAY[state](case, staff)
    page = f"/permohonan/{case.code}/"
    for address, reader in (
        (page, client_of(staff.petugas)),
        (f"{page}reschedule/", client_of(staff.petugas)),
    ):
        assert asked in reader.get(address).content.decode()
    assert asked in client.get(f"/p/{case.secret}/").content.decode()
    for slug in ("surat-tugas", "pemberitahuan-jadwal"):
        assert asked.lower() in words_of(slug, case)


def test_optional_fields_are_stored(client: Client) -> None:
    more = {
        "organisation": "Desa Contoh",
        "address": "Jl. Contoh No. 2",
        "email": "siti@contoh.example",
        "subject": "Data penerima",
        "letter_number": "140/1/2026",
        "letter_date": f"{clock.today():%d-%m-%Y}",
        "complained_party": "Loket satu",
        "letter": upload("surat.pdf", pdf()),
        "materials": upload("foto.jpeg", image("JPEG")),
    }
    send(client, "/pengaduan/", typed(**more))
    case = Case.objects.get()
    assert case.complained_party == "Loket satu"
    assert case.letter_date == clock.today()
    assert [case.subject, case.organisation, case.email] == [
        "Data penerima",
        "Desa Contoh",
        "siti@contoh.example",
    ]
    kept = case.attachments.order_by("pk").values_list("purpose", "name", "content_type")
    assert list(kept) == [
        (Attachment.Purpose.LETTER, "surat.pdf", "application/pdf"),
        (Attachment.Purpose.MATERIAL, "foto.jpg", "image/jpeg"),
    ]


@pytest.mark.same_on_every_database  # PostgreSQL also waits for a lock
def test_a_submission_costs_as_many_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with clock.set_to(clock.now()):
        client.get("/ajukan/")
        with django_assert_num_queries(29):
            client.get("/ajukan/")
            check = client.post("/ajukan/", typed())["Location"]
            client.get(check)
            assert client.post(check)["Location"].endswith("/tanda-terima/")


def test_sending_twice_gives_the_same_case(client: Client) -> None:
    data = typed()
    first, draft = send(client, "/ajukan/", data), f"/ajukan/{data['submission_token']}/"
    check = f"{draft}periksa/"
    again = [client.post("/ajukan/", data), client.get(draft), client.get(check), client.post(check)]
    assert {answer["Location"] for answer in again} == {first["Location"]}
    assert Case.objects.count() == 1


def test_each_form_has_its_own_token_and_is_not_stored(client: Client) -> None:
    tokens = {client.get("/ajukan/").context["hidden"]["submission_token"] for _ in range(2)}
    assert len(tokens) == 2
    assert "no-store" in client.get("/ajukan/")["Cache-Control"]


@each(
    ("field", "value", "sentence"),
    [
        ("applicant_name", "", "Tulis nama Anda."),
        ("applicant_name", " \t ", "Tulis nama Anda."),
        ("applicant_name", "x" * 151, "paling banyak 150 karakter"),
        ("applicant_name", "Siti\0", "null"),
        ("phone", "", "Tulis nomor telepon atau WhatsApp"),
        ("phone", "123", "Nomor ini tidak dikenal."),
        ("phone", "nomor saya", "Nomor ini tidak dikenal."),
        ("material", "", "Tulis apa yang ingin Anda konsultasikan."),
        ("material", "x" * 10_001, "paling banyak 10000 karakter"),
        ("material", "a\0b", "null"),
        ("material", f"Tanya {'x' * 501}", "Ada kata yang terlalu panjang. Pisahkan dengan spasi."),
        ("visit_at", "", "Pilih tanggal dan jam"),
        ("visit_at", "besok pagi", "Tulis tanggal dan jam"),
        ("visit_at", "0001-01-01T00:00", "Tulis tanggal dan jam"),
        ("email", "siti@", "Tulis alamat surel lengkap"),
        ("subject", "x" * 201, "paling banyak 200 karakter"),
        ("organisation", "x" * 151, "paling banyak 150 karakter"),
        ("address", "x" * 251, "paling banyak 250 karakter"),
        ("letter_number", "x" * 101, "paling banyak 100 karakter"),
        ("letter_date", "31-02-2026", "Tulis tanggal yang ada di kalender"),
        ("letter_date", "2099-01-01", "tidak boleh sesudah hari ini"),
        ("no_letter", "", "centang kotak di bawah ini"),
    ],
)
def test_an_error_is_reported_and_the_rest_remains(
    client: Client, field: str, value: str, sentence: str
) -> None:
    answer = client.post("/ajukan/", typed(**{"organisation": "Desa Contoh", field: value}))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert field == "organisation" or 'value="Desa Contoh"' in page
    assert not Case.objects.exists()


NEAREST = "Waktu kosong terdekat: "


@each(
    ("visit_at", "sentence"),
    [
        ("2026-11-23T07:59", f"Waktu ini sudah lewat. {NEAREST}Selasa, 24 November 2026, 07.30 WIB; "),
        ("2026-11-22T09:00", "Waktu ini sudah lewat."),
        ("2026-11-23T09:00", "Waktu ini terlalu dekat atau sudah penuh."),
        (
            "2026-11-29T09:00",
            f"pada waktu ini. {NEAREST}Senin, 30 November 2026, 07.30 WIB",
        ),
        (
            "2026-11-24T12:15",
            f"pada waktu ini. {NEAREST}Selasa, 24 November 2026, 11.00 WIB; ",
        ),
        ("2026-11-24T15:45", f"pada waktu ini. {NEAREST}Selasa, 24 November 2026, 14.30 WIB; "),
        ("2026-12-25T09:00", "Kantor tidak melayani pada waktu ini."),
        ("2026-11-24T09:10", "Waktu ini sudah penuh."),
        ("2027-11-01T09:00", "Waktu ini terlalu jauh atau sudah penuh."),
    ],
)
def test_a_visit_is_one_of_the_free_times(client: Client, visit_at: str, sentence: str) -> None:
    StateTarget.objects.all().delete()
    ClosedDay.objects.create(day=dt.date(2026, 11, 26), reason="Uji")
    with clock.set_to(MONDAY):
        page = client.post("/ajukan/", typed(visit_at=visit_at)).content.decode()
    assert sentence in page
    assert f'data-unavailable="{visit_at}"' in page


def test_a_day_needs_its_hour(client: Client) -> None:
    day = f"{wished_moment():%Y-%m-%d}"
    answer = client.post("/ajukan/", typed(visit_at="2026-11-24T09:00", visit_at_day=day))
    assert answer.context["form"].errors["visit_at"] == ["Pilih juga jamnya."]
    assert re.search(rf'value="{day}" data-day="\d+" checked', answer.content.decode())
    send(client, "/ajukan/", typed(visit_at_day=day))
    assert Case.objects.get().visit_at == wished_moment()


def test_a_visit_may_be_typed(client: Client) -> None:
    StateTarget.objects.all().delete()
    with clock.set_to(MONDAY):
        send(client, "/ajukan/", typed(visit_at="24-11-2026 09.30"))
    assert Case.objects.get().visit_at == MONDAY.replace(day=24, hour=9, minute=30)


def test_a_complaint_needs_no_visit(client: Client) -> None:
    send(client, "/pengaduan/", typed(visit_at=""))
    assert Case.objects.get().visit_at is None


@each("without", ["hours", "officers"])
def test_an_office_without_hours_or_officers_accepts_a_typed_time(client: Client, without: str) -> None:
    if without == "hours":
        OpeningHours.objects.all().delete()
    else:
        Appointment.objects.update(ends=MONDAY.date() - dt.timedelta(days=1))
    with clock.set_to(MONDAY):
        assert 'type="datetime-local"' in client.get("/ajukan/").content.decode()
        past = client.post("/ajukan/", typed(visit_at="2026-11-22T09:00"))
        assert "Waktu ini sudah lewat." in past.content.decode()
        late = client.post("/ajukan/", typed(visit_at="2027-12-01T09:00"))
        assert "dalam satu tahun" in late.content.decode()
        send(client, "/ajukan/", typed(visit_at="2026-11-30T09:10"))
    assert Case.objects.get().visit_at == MONDAY.replace(day=30, hour=9, minute=10)


def test_the_check_page_shows_all_that_was_typed(client: Client) -> None:
    data = typed(organisation="Desa Contoh", letter=upload("surat.pdf", pdf()))
    page = client.get(client.post("/ajukan/", data)["Location"]).content.decode()
    for words in (data["material"], "0812-3456-7890", "Desa Contoh", "surat.pdf", "09.00 WIB", "UU 27/2022"):
        assert words in page
    assert page.count(f"/ajukan/{data['submission_token']}/#") == 5
    assert not Case.objects.exists()


def test_an_anonymous_complaint_stores_no_contact(client: Client) -> None:
    data = typed(identity="ANONYMOUS", email="bukan surel", phone="123", address="Jl. Contoh")
    check = client.post("/pengaduan/", data)["Location"]
    assert not {"phone", "email", "applicant_name", "address"} & RequestDraft.objects.get().typed.keys()
    page = client.get(check).content.decode()
    assert "Anonim: nama dan kontak tidak disimpan" in page
    client.post(check)
    case = Case.objects.get()
    assert (case.identity, case.phone, case.email, case.address) == ("ANONYMOUS", "", "", "")
    assert "Siti" not in case.applicant_name


def test_a_confidential_complaint_stores_the_name_apart(client: Client) -> None:
    send(client, "/pengaduan/", typed(identity="CONFIDENTIAL"))
    case = Case.objects.get()
    assert "Siti" not in case.applicant_name
    assert case.hidden_identity.name == "Siti Contoh"


BAD_FILES = {
    "renamed program": ("surat.pdf", b"MZ\x90\x00" + b"\0" * 200, "bukan PDF, JPEG, PNG"),
    "page as PDF": (
        "surat.pdf",
        b"<html><script>alert(1)</script></html>",
        "bukan PDF, JPEG, PNG",
    ),
    "half a PDF": ("surat.pdf", b"%PDF-1.7\n<html>", "bukan PDF, JPEG, PNG"),
    "half a picture": ("foto.png", image("PNG")[:40], "bukan PDF, JPEG, PNG"),
    "another picture": ("foto.png", image("GIF"), "bukan PDF, JPEG, PNG"),
    "drawing": (
        "gambar.png",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "bukan PDF, JPEG, PNG",
    ),
    "empty": ("surat.pdf", b"", "kosong"),
    "6 MB": ("surat.pdf", b"%PDF-1.7" + b"0" * 6 * 1024 * 1024, "lebih besar dari 5 MB"),
    "locked": (
        "surat.pdf",
        pdf(encryption=pikepdf.Encryption(owner="a", user="b")),
        "dikunci kata sandi",
    ),
}


@each("field", ["letter", "materials"])
@each("bad", BAD_FILES)
def test_a_bad_file_leaves_nothing(client: Client, settings: Any, field: str, bad: str) -> None:
    name, content, sentence = BAD_FILES[bad]
    answer = client.post("/ajukan/", typed(**{field: upload(name, content)}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "isian lain tetap ada" in page, "the box does not mention stored files"
    assert not Case.objects.exists()
    assert not stored_files(settings)


@each(
    ("name", "kept"),
    [
        ("../../../etc/surat.pdf", "surat.pdf"),
        ("..\\..\\surat.pdf", "surat.pdf"),
        ("surat.pdf.exe", "surat_pdf.pdf"),
        ("foto.html", "foto.pdf"),
        ("...pdf", "berkas.pdf"),
        ("!!!.pdf", "berkas.pdf"),
        ('"><script>.pdf', "script.pdf"),
        ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
    ],
)
def test_file_names_are_made_safe(client: Client, name: str, kept: str) -> None:
    file = io.BytesIO(pdf())
    file.name = name
    assert send(client, "/ajukan/", typed(letter=file)).status_code == 302
    attachment = Attachment.objects.get()
    assert attachment.name == kept
    assert kept not in str(attachment.file)


def test_input_is_escaped(client: Client) -> None:
    attack = '"><script>alert(1)</script>'
    page = client.post(
        "/ajukan/", typed(applicant_name=attack, material=attack, phone=attack)
    ).content.decode()
    assert "<script>" not in page
    send(client, "/ajukan/", typed(applicant_name=attack, material=attack, organisation=attack))
    case = Case.objects.get()
    for path in (f"/p/{case.secret}/", f"/p/{case.secret}/tanda-terima/", f"/p/{case.secret}/withdraw/"):
        assert "<script>" not in client.get(path).content.decode()


def test_no_field_takes_more_than_its_column() -> None:
    for name, field in ComplaintForm().fields.items():
        length = getattr(field, "max_length", None)
        if length and name in {column.name for column in Case._meta.get_fields()}:
            assert length <= Case._meta.get_field(name).max_length, name  # type: ignore[union-attr]


def test_unknown_fields_are_ignored(client: Client) -> None:
    send(client, "/ajukan/", typed(state="CLOSED", code="AAAA-AAAA", kind="COMPLAINT", channel="WALK_IN"))
    case = Case.objects.get()
    assert (case.state, case.kind, case.channel) == (State.SUBMITTED, "CONSULTATION", "ONLINE")
    assert case.code != "AAAA-AAAA"


def test_a_subject_is_the_beginning_of_the_material() -> None:
    assert first_words("Satu\n dua") == "Satu dua"
    assert first_words("kata " * 40) == ("kata " * 16).strip() + "…"
    assert len(first_words("x" * 500)) == 81
    assert RequestForm(data={}).errors["material"]
