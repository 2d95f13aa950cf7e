"""Default deny: every address asks for a login unless it is named here; each page x person as a table."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields

import pytest
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from consultations import services as consultations_services
from consultations.enums import Kind, State
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Attachment, Case
from kit import clock
from office import rights
from office.models import Role, User
from office.rights import Right
from tests.factories import WAY, Staff, appoint, case_at, client_of, independent_case, make_user
from tests.pages.test_office_lists import planned_day
from tests.shared_data import each

SECRET = "s" * 32
DOCUMENT = "00000000-0000-4000-8000-000000000000"
STAND_IN = {"code:": "AAAA-AAAA", "secret:": SECRET, "uuid:": DOCUMENT}
"""Example values for the parameters of URLs; 1 for every other parameter."""


def below(start: str, *ends: str) -> set[str]:
    """Return the addresses that begin with `start`."""
    return {start + end for end in ends}


PUBLIC = {
    *below("/", "", ".well-known/security.txt", "aksesibilitas/", "bahasa/", "keluar/", "lacak/", "masuk/"),
    "/lacak/tautan/",
    *below("/", "manifest.webmanifest", "warga.webmanifest", "pekerja.js", "tidak-terhubung/"),
    *below("/", "metrics", "papan/", "ppid/", "privasi/", "statistik.csv", "statistik/", "undangan/1/"),
    *below("/", "ukuran-teks/"),
    *below("/healthz", "", "/live", "/ready"),
    *below("/panduan/", "", "1/"),
    *below("/ajukan/", "", f"{DOCUMENT}/", f"{DOCUMENT}/periksa/"),
    *below("/pengaduan/", "", f"{DOCUMENT}/", f"{DOCUMENT}/periksa/"),
    *below("/standar-layanan/", "", "1/"),
    *below("/tanya-jawab/", "", "1/membantu/", "terdekat/"),
    *below("/verifikasi/", "", f"{DOCUMENT}/", "catatan/", "catatan/1/", "catatan/1.json"),
    *below("/verifikasi/", "catatan/1/rantai.jsonl"),
    # Whoever has the link is the applicant, or the holder of the calendar.
    *below(f"/p/{SECRET}/", "", "1.pdf", "1/", "berkas/1/", "jadwal.ics", "tanda-terima/", "yang-melihat/"),
    *below(f"/p/{SECRET}/", "adukan/", "perangkat/", "saya-datang/"),
    f"/p/{SECRET}/tanggal-surat.ics",
    *below(f"/p/{SECRET}/data-saya/", "", "json/", "pdf/", "kegagalan/1/"),
    *below("/survei/", f"{SECRET}/", f"{SECRET}/terima-kasih/", "foto/1/"),
    *below("/survei/hasil/", "", "1.pdf", "1/"),
    f"/kalender/langganan/{SECRET}.ics",
    # The API asks for a token instead of a login (tests/exchange/test_api.py), WhatsApp signs its reports.
    *below("/api/v1/", "", "complaints", "consultations", "dokumentasi/", "events", "me", "openapi.json"),
    *below("/api/v1/", "cases", "office", "standard", "statistics", "visit-times"),
    *below(
        "/api/v1/cases/AAAA-AAAA", "", "/documents", "/documents/1", "/history", "/completion", "/withdrawal"
    ),
    "/pesan/whatsapp/",
    # allauth's own: logging in, and getting back in.
    *below("/akun/", "confirm-email/", "inactive/", "login/", "login/code/confirm/", "logout/", "signup/"),
    *below("/akun/2fa/", "authenticate/", "webauthn/login/"),
    *below("/akun/3rdparty/", "login/cancelled/", "login/error/", "signup/"),
    *below("/akun/oidc/1/login/", "", "callback/"),
    *below("/akun/password/reset/", "", "done/", "key/1-1/", "key/done/"),
}
"""Addresses that answer without a login. STAND_IN fills the parts that vary."""

ASKS_FOR_LOGIN = {"/masuk/", "/pengaturan/login/"}
"""Login pages that an address redirects to; the admin's own entrance redirects to the first."""


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    """An example address of every pattern."""
    for pattern in patterns:
        text = str(pattern.pattern).removeprefix("^").removesuffix("$")
        text = re.sub(r"\(\?P<\w+>(\w+\|)?[^)]*\)", lambda m: (m[1] or "1").strip("|"), text)
        text = before + re.sub(r"<(\w+:)?[^>]+>", lambda m: STAND_IN.get(m[1], "1"), text).replace("\\", "")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, text)
        else:
            yield text


def test_every_address_asks_for_a_login_unless_it_is_public(office: object) -> None:
    found, open_ones = set(addresses(get_resolver().url_patterns)), set()
    for address in found:
        response = Client().get(address)
        if response.headers.get("Location", "").split("?")[0] not in ASKS_FOR_LOGIN:
            open_ones.add(address)
    assert len(found) > 60
    assert open_ones <= PUBLIC
    assert found >= PUBLIC
    assert Client().get("/pengaturan/login/")["Location"].startswith("/masuk/")


TAKE_PASSWORDS = {
    "/masuk/": {"login": "admin", "password": "salah"},
    "/akun/reauthenticate/": {"password": "salah"},
    "/akun/password/change/": {"oldpassword": "salah", "password1": "x", "password2": "x"},
}
"""Pages with a field for a password, and a wrong try. The links of a mail lead to two more, for new ones."""


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.release)])
def test_browsers_store_no_page_of_a_user_and_few_pages_take_a_password(every: int, staff: Staff) -> None:
    """One middleware says so for all pages. Each day some are asked, and all before a release."""
    outside = {"/healthz", "/healthz/live", "/healthz/ready", "/metrics", "/keluar/", "/akun/logout/"}
    found = sorted({*addresses(get_resolver().url_patterns)} - outside)
    client, asking = client_of(staff.admin), {"/masuk/"}
    for address in {*found[::every], *TAKE_PASSWORDS}:
        response = client.get(address)
        assert "no-store" in response.headers["Cache-Control"], address
        assert "private" in response.headers["Cache-Control"], address
        if response.status_code == 200 and b'type="password"' in response.getvalue():
            asking.add(address)
    assert asking == TAKE_PASSWORDS.keys()


PEOPLE = [*(field.name for field in fields(Staff)), "complained_about"]

# fmt: off -- a table is read in columns
MATRIX = """
sek pkd skr kds kbd okb ptg opt cmp els adm exp pgw cmd
200 200 200 200 200 200 200 200 200 200 200 200 200 200 /meja/ /permohonan/ /agenda/ /kalender/
200 200 200 200 200 200 200 200 200 200 200 200 200 200 /kalender/langganan/ /laporan/ /pesan/ /berhalangan/
200 200 200 200 200 200 200 200 200 200 200 200 200 200 /berhalangan/catat/ /perubahan-akses/
403 403 403 200 200 200 403 403 403 403 403 403 403 200 /dasbor/
200 200 200 200 403 403 403 403 403 403 403 403 403 403 /naskah/buku-agenda/ /naskah/buku-surat-keluar/
200 200 200 200 403 403 403 403 403 403 403 403 403 403 /naskah/buku-ekspedisi/
200 200 200 200 200 200 403 403 403 403 403 403 403 200 /register/ /naskah/register-konsultasi/
200 200 200 200 200 200 403 403 403 403 403 403 403 200 /naskah/register-pengaduan/ /naskah/rekap-laporan/
200 200 200 200 403 404 403 404 403 404 404 404 404 404 sheet/penerima/
200 403 403 403 403 403 403 403 403 403 403 403 403 403 /datang-langsung/ /surat-masuk/ /meja-depan/
200 200 200 200 200 404 200 404 200 404 404 404 404 404 case/ case/jadwal.ics file/
200 200 404 404 404 404 404 404 404 404 404 404 404 404 case/tanda-terima.pdf
403 403 403 403 403 404 200 404 403 404 404 404 404 404 case/reschedule/
403 403 403 403 200 404 403 404 403 404 404 404 404 404 case/reassign/
404 404 404 404 404 404 404 404 404 404 404 404 200 404 examined/ examined/conclude/ examined-file/
404 404 404 404 404 404 404 404 404 404 404 404 404 404 case/nonsense/ /permohonan/XXXX/
302 302 302 302 302 302 302 302 302 302 200 302 302 302 /pengaturan/ /pengaturan/sistem/
403 403 403 302 403 403 403 403 403 403 302 403 403 403 /perubahan-akses/1/ /perubahan-akses/usul/nip/
403 403 403 403 403 403 403 403 403 403 302 403 403 403 setup/ setup/berkas-kantor.json
403 403 403 403 403 403 403 403 403 403 302 403 403 403 /pengaturan/undangan/slip.pdf /pengaturan/undangan/
403 403 403 403 403 403 403 403 403 403 200 403 403 403 setup/identitas/ setup/jam/ setup/bidang/
403 403 403 403 403 403 403 403 403 403 200 403 403 403 setup/pegawai/ setup/pegawai/contoh.xlsx
403 403 403 403 403 403 403 403 403 403 200 403 403 403 setup/standar/ setup/layanan/ setup/periksa/
403 403 403 403 403 403 403 403 403 403 200 403 403 403 setup/contoh-naskah.pdf /pengaturan/kode/
403 403 403 403 403 403 403 403 403 403 405 403 403 403 setup/identitas/kop/ setup/layanan/surel/
403 403 403 200 403 403 403 403 403 403 403 403 403 403 /pengaturan/daftar-orang/
404 404 404 200 404 404 404 404 404 404 200 404 404 404 /kegagalan-data/
200 200 404 200 404 404 404 404 404 404 404 404 404 404 /arsip/ /arsip/serah-pindah/
200 200 200 200 200 404 200 404 200 404 404 404 404 404 record/
404 404 404 200 404 404 404 404 404 404 404 404 200 404 /catatan-akses/
"""
# fmt: on


@pytest.fixture
def complaint(staff: Staff) -> Case:
    """A scheduled complaint about an official of the division that handles it, with a file."""
    official = make_user("complained_about")
    appoint(official, Role.DIVISION_HEAD, staff.division, starts=clock.today() - dt.timedelta(days=9))
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    file = CheckedFile(b"%PDF-1.4", "application/pdf", "surat.pdf")
    attach(case, file, purpose=Attachment.Purpose.LETTER, by=None)
    consultations_services.register(case, by=staff.pkd, classification="400.9", complained_about=official)
    for state in (State.DISPOSED, State.ASSIGNED, State.PREPARED, State.SCHEDULED):
        WAY[state](case, staff)
    return case


def status(client: Client, address: str) -> str:
    response = client.get(address)
    if response.streaming:
        response.getvalue()  # read to its end, the file is closed
    return str(response.status_code)


def get_right(address: str) -> Right | None:
    """Return the right that guards a page, if it has one."""
    with suppress(Resolver404):
        return getattr(resolve(address).func, "right", None)
    return None


def test_each_page_answers_each_person(complaint: Case, subtests: pytest.Subtests) -> None:
    """A page that names its right is asked for by one person of each answer."""
    people = {name: User.objects.get(username=name) for name in PEOPLE}
    clients = {name: client_of(user) for name, user in people.items()}
    examined = independent_case(letter=CheckedFile(b"%PDF-1.4", "application/pdf", "surat.pdf"))
    starts = {
        "setup/": "/pengaturan/mulai/",
        "case/": f"/permohonan/{complaint.code}/",
        "file/": f"/berkas/{complaint.attachments.get().pk}/",
        "record/": f"/arsip/berkas/{complaint.code}/",
        "sheet/": f"/naskah/{complaint.documents.get(kind='DISPOSITION').pk}/",
        "examined/": f"/permohonan/{examined.code}/",
        "examined-file/": f"/berkas/{examined.attachments.get().pk}/",
    }
    for line in MATRIX.strip().splitlines()[1:]:
        expected, pages = line.split()[: len(PEOPLE)], line.split()[len(PEOPLE) :]
        for page in pages:
            address = re.sub(r"^[\w-]+/", lambda start: starts[start[0]], page)
            wanted = dict(zip(PEOPLE, expected, strict=True))
            right = get_right(address)
            asked = wanted if right is None else {code: name for name, code in wanted.items()}.values()
            with subtests.test(page):
                got = {name: status(clients[name], address) for name in asked}
                assert got == {name: wanted[name] for name in asked}
                may = {name for name, code in wanted.items() if code not in ("403", "404")}
                assert right is None or may == {name for name in PEOPLE if right.is_held_by(people[name])}


@each("name", ["other_kabid", "other_petugas", "elsewhere", "admin", "expired", "complained_about"])
def test_no_list_tells_of_a_case_that_one_may_not_see(name: str, complaint: Case) -> None:
    client = client_of(User.objects.get(username=name))
    for address in ("/permohonan/", "/agenda/", "/laporan/", f"/kalender/?week={planned_day(complaint)}"):
        text = client.get(address).text
        assert complaint.code not in text, address
        assert complaint.subject not in text, address


# fmt: off -- a table is read in columns
RIGHTS = """
                     sek pkd skr kds kbd okb ptg opt cmp els adm exp pgw cmd
REMIND               yes yes yes yes yes yes -   -   -   -   -   -   -   yes
REASSIGN             -   -   -   -   yes yes -   -   -   -   -   -   -   yes
MODERATE             -   yes -   yes -   -   -   -   -   -   -   -   yes -
RECEIVE_GUESTS       yes -   -   -   -   -   -   -   -   -   -   -   -   -
NUMBER_LETTERS       yes yes -   -   -   -   -   -   -   -   -   -   -   -
USE_SIGNATURE_DESK   yes yes yes yes yes yes yes yes yes yes -   -   -   yes
GIVE_ORDERS          -   -   -   yes -   -   -   -   -   -   -   -   -   -
KEEP_DISPATCH_BOOK   yes yes yes yes -   -   -   -   -   -   -   -   -   -
PRINT_REGISTERS      yes yes yes yes yes yes -   -   -   -   -   -   -   yes
EXPORT_PERIODS       yes yes yes yes -   -   -   -   -   -   -   -   -   -
SEE_DASHBOARD        -   -   -   yes yes yes -   -   -   -   -   -   -   yes
READ_SURVEYS         yes yes yes yes -   -   -   -   -   -   -   -   -   -
ENTER_SURVEYS        yes yes -   -   -   -   -   -   -   -   -   -   -   -
PLAN_SURVEYS         -   yes yes yes -   -   -   -   -   -   -   -   -   -
PUBLISH_SURVEYS      -   -   -   yes -   -   -   -   -   -   -   -   -   -
PUBLISH_QUESTIONS    -   -   -   -   yes yes -   -   -   -   -   -   -   yes
READ_ADVICE          yes yes yes yes yes yes yes yes yes yes -   -   -   yes
READ_AUDIT_LOG       -   -   -   yes -   -   -   -   -   -   -   -   yes -
READ_ARCHIVE         yes yes -   yes -   -   -   -   -   -   -   -   -   -
DECIDE_DESTRUCTION   -   -   -   yes -   -   -   -   -   -   -   -   -   -
KEEP_ARCHIVE         yes yes -   -   -   -   -   -   -   -   -   -   -   -
REPORT_BREACHES      -   -   -   yes -   -   -   -   -   -   yes -   -   -
CHANGE_ACCESS        -   -   -   yes -   -   -   -   -   -   yes -   -   -
SEE_SYSTEMS          -   -   -   yes yes yes -   -   -   -   yes -   -   yes
SET_UP               -   -   -   -   -   -   -   -   -   -   yes -   -   -
CHECK_PEOPLE         -   -   -   yes -   -   -   -   -   -   -   -   -   -
"""
# fmt: on


def test_each_right_belongs_to_these_people(complaint: Case) -> None:
    people = {name: User.objects.get(username=name) for name in PEOPLE}
    expected = {name: marks for name, *marks in (line.split() for line in RIGHTS.strip().splitlines()[1:])}
    table = {name: right for name, right in vars(rights).items() if isinstance(right, Right)}
    assert expected == {
        name: ["yes" if right.is_held_by(people[one]) else "-" for one in PEOPLE]
        for name, right in table.items()
    }


WITHOUT_RIGHT = {
    # Cases, and what belongs to them: `visible_to()`, and the parties of the case.
    *("agenda", "calendar", "cases", "case", "case_calendar_file", "case_document", "document", "export"),
    *("attachment", "viewer", "picture", "identity", "case_note", "attendance_sheet", "meeting_sheet"),
    *("report_version", "reports"),
    *("step", "step_draft", "step_preview", "fitting_advice", "bulk", "next", "receive", "walk_in"),
    *("contents", "contents_pdf"),
    *("follow_ups", "follow_up", "propose_advice", "handover", "letter", "lapor_sheet", "survey_receive"),
    # Rows of the user, or of the user's division: the query starts from the user.
    *("all_pages", "pulse", "desk", "close_introduction", "notices", "newest_notices", "notice_read"),
    *("push", "export_page", "export_file"),
    *("messages", "open_message", "message", "calendar_feeds", "access_changes"),
    *("absences", "absence_new", "absence", "absence_end", "stand_in", "stand_in_end", "review_advice"),
    *("systems", "system_access", "issue_token", "revoke_system", "webhook", "add_webhook", "session_time"),
    # The same for all who log in, and a page of Django's administration.
    *("poster", "survey_form", "system", "codes"),
    # Pages that ask for the right inside, per kind or period.
    *("register", "registers", "evidence", "srikandi"),
}


def list_unguarded(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """The names of own pages that ask for a login and for no right."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from list_unguarded(pattern.url_patterns)
            continue
        view = pattern.callback
        is_own = view.__module__.partition(".")[0] not in ("allauth", "django")
        if is_own and getattr(view, "login_required", True) and not hasattr(view, "right"):
            yield pattern.name or str(pattern.pattern)


def test_a_page_of_the_staff_names_its_right() -> None:
    assert set(list_unguarded(get_resolver().url_patterns)) == WITHOUT_RIGHT
