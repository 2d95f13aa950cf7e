"""The set-up: each step stores, the checklist says what is missing, and the service opens once."""

import re
from typing import Any

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from consultations.audit.models import Act, AuditEntry
from consultations.models import Case, StateTarget
from kit import clock
from office import models
from office.models import Appointment, Division, Office, OpeningHours, User
from office.worktime import WorkingTime
from operations.setup.models import MailTest
from operations.setup.views import Level, get_checklist
from tests.factories import ClientOf, Staff
from tests.setup.conftest import PEOPLE, send_sheet
from tests.shared_data import each

OFFICE = {"government": "Pemerintah Kabupaten Contoh", "name": "Dinas Sosial Contoh", "unit_code": "DINSOS"}
IDENTITY = {**OFFICE, "address": "Jl. Contoh 1", "city": "Contoh"}
HOURS = {"opens_0": "08:00", "break_starts_0": "12:00", "break_ends_0": "13:00", "closes_0": "16:00"}
WEEK = {"open_0": "on", **HOURS}


def levels() -> dict[str, str]:
    return {check.name: str(check.level) for check in get_checklist()}


def get_form(client: Client, page: str) -> dict[str, Any]:
    """Return what the form of a page proposes."""
    form = client.get(f"/pengaturan/mulai/{page}/").context["form"]
    return {name: value for name in form.fields if (value := form[name].value())}


def post(client: Client, page: str, **entered: Any) -> Any:
    return client.post(f"/pengaturan/mulai/{page}/", entered)


def fill_in(client: Client, page: str, **entered: Any) -> str:
    """Send the form of a page with what it proposes and `entered`. Return where it leads."""
    return str(post(client, page, **{**get_form(client, page), **entered})["Location"])


def set_up(client: Client) -> None:
    """Take all steps before the last one."""
    fill_in(client, "identitas", **IDENTITY)
    fill_in(client, "jam")
    post(client, "bidang", divisions="Sosial")
    send_sheet(client, *PEOPLE)
    post(client, "pegawai", **{"import": "1"})
    fill_in(client, "standar", standard_number="SK 1/2026")
    fill_in(client, "layanan", rooms="Ruang 1")


def test_an_empty_installation_leads_the_administrator_to_the_set_up(client: Client) -> None:
    home = Client().get("/").text
    assert "Layanan ini belum dibuka" in home
    assert "/pengaturan/mulai/" in home
    desk = client.get("/meja/").text
    assert "0 dari 7 langkah selesai" in desk
    assert client.get("/pengaturan/mulai/")["Location"] == "/pengaturan/mulai/identitas/"
    assert "Layanan Konsultasi" in home
    assert not [word for word in ("Kepala Dinas", "Bidang", "desa", "sosial") if word in home]


def test_each_step_makes_its_line_ready_and_leads_to_the_next(client: Client) -> None:
    missing = {name for name, level in levels().items() if level == Level.MISSING}
    assert missing == {"identity", "hours", "divisions", "roles", "accounts", "standard", "rooms"}
    assert fill_in(client, "identitas", **IDENTITY) == "/pengaturan/mulai/jam/"
    assert levels()["identity"] == Level.WARNING  # without a coat of arms
    assert StateTarget.objects.exists()
    assert models.Instruction.objects.exists()
    assert client.get("/pengaturan/mulai/")["Location"] == "/pengaturan/mulai/jam/"
    closed = f"31-12-{clock.today().year + 1} Tutup tahun"
    assert fill_in(client, "jam", closed_days=closed).endswith("/bidang/")
    assert WorkingTime.load().sentence().startswith("Senin-Kamis 07.30-16.00")
    hours = client.get("/pengaturan/mulai/jam/").text
    assert closed in hours
    columns = ["Buka", "Istirahat mulai", "Istirahat selesai", "Tutup"]  # a telephone shows no head of it
    assert re.findall(r'data-label="(.*?)"', hours)[:4] == columns
    answer = post(client, "bidang", divisions="Bidang Sosial\nPemuda dan Olahraga; PORA")
    assert answer["Location"].endswith("/pegawai/")
    divisions = {"SOSIAL": "Sosial", "PORA": "Pemuda dan Olahraga"}
    assert dict(Division.objects.values_list("code", "name")) == divisions
    post(client, "bidang", divisions="Sosial; SOSIAL")
    assert [str(one) for one in Division.objects.all()] == ["Sosial"]
    send_sheet(client, *PEOPLE)
    post(client, "pegawai", **{"import": "1"})
    assert levels()["roles"] == levels()["accounts"] == Level.WARNING  # no Pengawas, nobody active yet
    assert "Dinas Sosial Contoh, Jl. Contoh 1" in get_form(client, "standar")["text_6"]
    assert fill_in(client, "standar", standard_number="SK 1/2026").endswith("/layanan/")
    assert models.StandardComponent.objects.count() == 14
    assert levels()["standard"] == Level.READY
    assert fill_in(client, "layanan", rooms="R 1\nR 2").endswith("/periksa/")
    assert levels()["rooms"] == Level.READY
    fill_in(client, "layanan", rooms="R 2")
    assert [*models.Room.objects.filter(is_active=True).values_list("name", flat=True)] == ["R 2"]
    for page in ("pegawai", "standar", "layanan", "periksa"):
        assert client.get(f"/pengaturan/mulai/{page}/").status_code == 200


@each(
    ("page", "entered", "sentence"),
    [
        ("identitas", {"name": "Dinas"}, "Perbaiki isian ini"),
        (
            "identitas",
            IDENTITY | {"coat_of_arms": SimpleUploadedFile("a.svg", b"<svg/>")},
            "PNG atau JPG. Berkas SVG",
        ),
        ("jam", {"x": "1"}, "Pilih sekurang-kurangnya satu hari layanan."),
        ("jam", WEEK | {"closes_0": "09:00"}, "Urutkan jamnya"),
        ("identitas", IDENTITY | {"name": "Dinas\nSosial"}, "Tulis dalam satu baris"),
        ("identitas", IDENTITY | {"name": "Dinas \u3164"}, "Tulis dalam satu baris"),
        ("jam", WEEK | {"closed_days": "31/31/2026 Libur"}, "tulis tanggal seperti 31-12-2026"),
        ("jam", WEEK | {"closed_days": "besok"}, "tulis tanggal seperti 31-12-2026"),
        ("bidang", {"divisions": " \n"}, "Tulis sekurang-kurangnya satu unit kerja."),
        ("bidang", {"divisions": "Sosial; A\nDesa; A"}, "sudah ada"),
        ("bidang", {"divisions": "Sosial\nsosial"}, "sudah ada"),
        ("bidang", {"divisions": "Sosial; ini kode"}, "kode paling banyak 20"),
        ("standar", {"standard_number": ""}, "Perbaiki isian ini"),
        ("layanan", {"rooms": "x" * 121}, "terlalu panjang"),
    ],
)
def test_a_wrong_input_is_shown_again_with_a_sentence(
    page: str, entered: dict[str, str], sentence: str, client: Client
) -> None:
    answer = post(client, page, **entered)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Office.objects.exists()
    assert not OpeningHours.objects.exists()


@each(
    ("wrong", "field", "sentence"),
    [
        ({"opens_0": "x"}, "opens_0", "waktu"),
        ({"opens_0": ""}, "opens_0", "Isi jamnya"),
        ({"break_starts_0": "07:00"}, "break_starts_0", "Urutkan jamnya"),
        ({"break_ends_0": "11:00"}, "break_ends_0", "Urutkan jamnya"),
        ({"closes_0": "13:00"}, "closes_0", "Urutkan jamnya"),
    ],
)
def test_a_wrong_time_is_explained(wrong: dict[str, str], field: str, sentence: str, client: Client) -> None:
    errors = post(client, "jam", **WEEK | wrong).context["form"].errors
    assert list(errors) == [field]
    assert sentence in str(errors[field])


@each("letter", ["\n", "\r", "\t", "\x1b", "\u2028", "\u202e"])
def test_a_word_of_the_office_is_one_line(letter: str, client: Client) -> None:
    for name in ("name", "government", "word_head", "word_village"):
        entered = get_form(client, "identitas") | IDENTITY | {name: f"Kepala{letter}Dinas"}
        errors = post(client, "identitas", **entered).context["form"].errors
        assert list(errors) == [name]


def test_the_letterhead_is_shown_with_what_is_typed(client: Client) -> None:
    shown = post(client, "identitas/kop", name="Dinas <b>Baru</b>", address="Jl. A").text
    assert "Dinas &lt;b&gt;Baru&lt;/b&gt;" in shown
    assert "Jl. A" in shown
    page = post(client, "identitas", name="Dinas Baru", preview="1")  # without JavaScript
    assert '<p class="paper-office">Dinas Baru</p>' in page.text
    assert not Office.objects.exists()


def test_the_public_form_is_closed_until_the_service_opens(client: Client) -> None:
    set_up(client)
    for page in ("/ajukan/", "/pengaduan/"):
        assert Client().get(page).status_code == Client().post(page, {"material": "Halo"}).status_code == 503
        assert "Layanan belum dibuka" in Client().get(page).text
    assert client.post("/pengaturan/mulai/periksa/").status_code == 302
    assert Client().get("/ajukan/").status_code == 200
    home = Client().get("/")
    assert (home.status_code, "belum dibuka" in home.text) == (200, False)


def test_no_case_begins_before_the_service_opens(staff: Staff, client_of: ClientOf) -> None:
    Office.objects.update(opened_at=None)
    counter = client_of(staff.sekretariat)
    entered = {"applicant_name": "Siti", "phone": "0812-3456-7890", "material": "Tanya", "subject": "Tanya"}
    for page in ("/datang-langsung/", "/surat-masuk/"):
        assert "Layanan belum dibuka" in counter.post(page, entered, follow=True).text
    assert not Case.objects.exists()


def test_the_service_opens_once_and_only_if_nothing_is_missing(client: Client, admin: User) -> None:
    answer = client.post("/pengaturan/mulai/periksa/", follow=True)
    assert "Layanan belum dapat dibuka" in answer.text
    assert not Office.load().is_open
    set_up(client)
    assert 'data-form="open"' in client.get("/pengaturan/mulai/periksa/").text
    mail.outbox.clear()
    assert "Layanan dibuka." in client.post("/pengaturan/mulai/periksa/", follow=True).text
    opened_at = Office.load().opened_at
    client.post("/pengaturan/mulai/periksa/")
    assert Office.load().opened_at == opened_at
    assert AuditEntry.objects.filter(act=Act.SETTING, user=admin, target="Layanan dibuka").count() == 1
    assert mail.outbox == []
    assert "langkah selesai" not in client.get("/meja/").text


def test_a_test_mail_is_sent_and_its_result_stays(client: Client, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "rembuk@kantor.example"
    post(client, "layanan/surel", recipient="ani@kantor.example")
    assert [one.to for one in mail.outbox] == [["ani@kantor.example"]]
    assert levels()["mail"] == Level.READY
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}
    answer = client.post("/pengaturan/mulai/layanan/surel/", {"recipient": "ani@kantor.example"}, follow=True)
    assert "Server surel belum disiapkan" in answer.text
    assert (levels()["mail"], MailTest.objects.get().recipient) == (Level.WARNING, "ani@kantor.example")
    answer = client.post("/pengaturan/mulai/layanan/surel/", {"recipient": "x"}, follow=True)
    assert "alamat surel yang sah" in answer.text


QUERIES = {"identitas": 6, "jam": 7, "bidang": 7, "pegawai": 7, "standar": 8, "layanan": 6, "periksa": 9}


def test_queries_of_the_pages(client: Client, at_most_queries: DjangoAssertNumQueries) -> None:
    set_up(client)
    for page, queries in QUERIES.items():
        with at_most_queries(queries):
            client.get(f"/pengaturan/mulai/{page}/")
    for rows in (1, 30):
        more = ("", "Petugas", "Sosial")
        people = [(f"Orang {n}", "", "", f"o{n}@kantor.example", *more) for n in range(rows)]
        send_sheet(client, *people)
        with at_most_queries(10):
            client.get("/pengaturan/mulai/pegawai/")


def test_the_sample_and_the_office_file_are_served(client: Client) -> None:
    set_up(client)
    assert client.get("/pengaturan/mulai/contoh-naskah.pdf").content.startswith(b"%PDF")
    file = client.get("/pengaturan/mulai/berkas-kantor.json").json()
    assert file["office"]["name"] == "Dinas Sosial Contoh"
    assert "password" not in str(file)
    assert AuditEntry.objects.filter(act=Act.EXPORT, target="berkas kantor").exists()


def test_a_word_with_markup_is_shown_as_text(staff: Staff, client_of: ClientOf) -> None:
    Office.objects.update(word_secretariat="<b>Loket</b> 100%(x)s")
    for page in ("/berhalangan/catat/", "/meja/"):
        answer = client_of(staff.petugas).get(page)
        assert (answer.status_code, "<b>Loket" in answer.text) == (200, False)
    assert "&lt;b&gt;Loket&lt;/b&gt; 100%(x)s" in client_of(staff.petugas).get("/berhalangan/catat/").text


def test_an_office_with_other_words_reads_them_in_the_set_up(client: Client) -> None:
    page = client.get("/pengaturan/mulai/identitas/").text
    assert '<option value="Kepala Seksi">' in page
    own = {"word_division_name": "Seksi", "word_division_head": "Kepala Seksi", "zone": "Asia/Jayapura"}
    fill_in(client, "identitas", **IDENTITY, **own)
    post(client, "bidang", divisions="Seksi Sosial")
    assert Division.objects.get().name == "Sosial"
    head = ("Ani", "", "", "ani@kantor.example", "", "Kepala Seksi", "Seksi Sosial")
    header = ("Nama", "NIP", "Pangkat", "Surel", "Jabatan", "Peran", "Seksi")
    send_sheet(client, head, header=header)
    post(client, "pegawai", **{"import": "1"})
    assert Appointment.objects.get().position.title == "Kepala Seksi Sosial"
    for name in ("bidang", "pegawai", "standar", "periksa"):
        text = strip_tags(client.get(f"/pengaturan/mulai/{name}/").text)
        assert "Seksi" in text
        assert re.search(r"\bBidang\b|pimpinan bidang", text) is None
