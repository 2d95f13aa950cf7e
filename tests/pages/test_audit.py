"""The audit log: each act once and without content, no page without an entry, and who reads what of it."""

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client, TestCase
from django.urls import get_resolver, reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from consultations.audit.models import Act, AuditEntry
from consultations.audit.services import record, shorten
from consultations.enums import Identity, Kind, State
from consultations.intake.models import RequestDraft
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Attachment, Case
from consultations.scheduling.absences import delegate, end_delegation, record_absence
from consultations.scheduling.models import Absence
from kit import clock
from notices.models import Message
from office.access import changes as access_changes
from office.models import (
    AccessChange,
    Appointment,
    Division,
    FactorRequirement,
    Instruction,
    Position,
    RetentionRule,
    Role,
)
from tests.case_page import read_all
from tests.factories import DETAILS, ORDER, PASSWORD, Staff, case_at, client_of
from tests.pages.test_access import SECRET, addresses
from tests.pages.test_accounts import pass_minutes
from tests.pages.test_held import hold, office_page
from tests.pages.test_hidden_identity import HIDDEN, hidden_at
from tests.print.test_documents import store_short_files
from tests.shared_data import each

PDF = CheckedFile(b"%PDF-1.4", "application/pdf", "surat-siti.pdf")
type Take = Callable[[Staff, Case], object]

CONTENT = (*DETAILS.values(), *HIDDEN, PDF.name, PASSWORD, "rahasia-salah", "bukan_akun", "192.0.2.77")


@pytest.fixture
def case(staff: Staff) -> Case:
    found = case_at(State.SCHEDULED, staff)
    attach(found, PDF, purpose=Attachment.Purpose.LETTER, by=None)
    return found


def get(client: Client, address: str) -> Any:
    answer = client.get(address, REMOTE_ADDR="192.0.2.77")
    if answer.streaming:
        answer.getvalue()
    return answer


def log_in(login: str = "petugas", password: str = PASSWORD) -> Client:
    """Log in on the page; return the client."""
    client = Client()
    client.post("/masuk/", {"login": login, "password": password}, REMOTE_ADDR="192.0.2.77")
    return client


def change_password(staff: Staff, case: Case) -> None:
    client, new = log_in(), "sandi-lain-untuk-uji"
    typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post("/akun/password/change/", typed).status_code == 302


def set_up_second_factor(staff: Staff, case: Case) -> None:
    client = log_in()
    client.post("/akun/reauthenticate/", {"password": PASSWORD})
    form = client.get("/akun/2fa/totp/activate/").context["form"]
    code = format_hotp_value(hotp_value(form.secret, int(time.time()) // 30))
    assert client.post("/akun/2fa/totp/activate/", {"code": code}).status_code == 302
    assert Authenticator.objects.exists()


def log_in_with_factor(staff: Staff, case: Case) -> None:
    TOTP.activate(staff.petugas, generate_totp_secret())
    (code, *_others) = RecoveryCodes.activate(staff.petugas).get_unused_codes()
    assert log_in().post("/akun/2fa/authenticate/", {"code": code}).status_code == 302


def recover_factor(staff: Staff, case: Case) -> None:
    Authenticator.objects.create(user=staff.petugas, type=Authenticator.Type.TOTP, data={"secret": "x"})
    change = access_changes.propose(access_changes.Kind.FACTOR, staff.petugas, by=staff.admin)
    access_changes.confirm(change, by=staff.kadis)


def end_other_session(staff: Staff, case: Case) -> None:
    here, elsewhere = log_in(), log_in()
    here.post("/akun/reauthenticate/", {"password": PASSWORD})
    assert here.post("/akun/sessions/").status_code == 302
    assert elsewhere.get("/meja/").status_code == 302


def time_out(staff: Staff, case: Case) -> None:
    client = client_of(staff.petugas)
    pass_minutes(client, 24 * 60)
    client.get("/meja/")


def edit_instruction(staff: Staff, case: Case) -> None:
    edit(Instruction.objects.create(text="Pelajari"), client_of(staff.admin), text="Tindak lanjuti")


def weaken_trust(staff: Staff, case: Case) -> None:
    """Keep records for a shorter time, and propose to require no second factor."""
    rule = RetentionRule.objects.create(kind="AUDIT", active_years=2, inactive_years=3)
    edit(rule, client_of(staff.admin), inactive_years=0)
    FactorRequirement.objects.create(role="HEAD")
    kind = AccessChange.Kind.FACTOR_RULE
    access_changes.propose(kind, staff.admin, by=staff.admin, value="HEAD")


def edit(row: Model, client: Client, **changes: Any) -> None:
    """Change a setting in the administration."""
    address = reverse(f"admin:office_{row._meta.model_name}_change", args=[row.pk])
    form = client.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert client.post(address, {**values, **changes}).status_code == 302


def delete_division(staff: Staff, case: Case) -> None:
    row = Division.objects.create(name="Bidang X", code="X")
    page = f"/pengaturan/office/division/{row.pk}/delete/"
    assert client_of(staff.admin).post(page, {"post": "yes"}).status_code == 302
    assert not Division.objects.filter(code="X").exists()


def refuse_appointment(staff: Staff, case: Case) -> None:
    position = Position.objects.get(role=Role.TIM_PKD)
    what: dict[str, Any] = {"position": position, "starts": dt.date(2026, 1, 1)}
    change = access_changes.propose(access_changes.Kind.APPOINT, staff.admin, by=staff.admin, **what)
    access_changes.refuse(change, by=staff.kadis)


def reveal(staff: Staff, case: Case) -> None:
    hidden = hidden_at(State.CLOSED, staff)
    posted = {"reason": "Menghubungi pelapor"}
    assert client_of(staff.petugas).post(f"/permohonan/{hidden.code}/identitas/", posted).status_code == 200


def download(staff: Staff, case: Case) -> None:
    client = client_of(staff.petugas)
    get(client, client.post("/ekspor/permohonan.csv")["Location"])


def address_for(name: str, address: str, case: Case) -> str:
    """Return an address, or one below the page of the case: that of the office or of the applicant."""
    start = f"/permohonan/{case.code}/" if name else f"/p/{case.secret}/"
    file = case.attachments.get(purpose=Attachment.Purpose.LETTER).pk
    return address.format(case=case, file=file) if address.startswith("/") else start + address


def open_by(name: str, address: str) -> Take:
    """Open an address as a person of the staff, or as the applicant."""

    def act(staff: Staff, case: Case) -> None:
        client = client_of(getattr(staff, name)) if name else Client()
        assert get(client, address_for(name, address, case)).status_code == 200

    return act


def refused(name: str, address: str) -> Take:
    """Send an empty form. The answer shows the page again."""

    def act(staff: Staff, case: Case) -> None:
        client = client_of(getattr(staff, name)) if name else Client()
        answer = client.post(address_for(name, address, case), REMOTE_ADDR="192.0.2.77")
        assertContains(answer, case.code, status_code=422)

    return act


def say_to_come(staff: Staff, case: Case) -> None:
    assert Client().post(f"/p/{case.secret}/saya-datang/").status_code == 302


def lose_a_draft(staff: Staff, case: Case) -> None:
    """Save a draft that another window has overtaken. The answer shows the page of the step."""
    held, client = case_at(State.HELD, staff), client_of(staff.petugas)
    address = f"/permohonan/{held.code}/report/draf/"
    for window in "ab":
        answer = client.post(address, {"results": window, "window": window, "seen": ""})
    assert answer.status_code == 409


def preview_report(staff: Staff, case: Case) -> None:
    address = f"/permohonan/{case_at(State.HELD, staff).code}/report/pratinjau/"
    answer = client_of(staff.petugas).post(address, {"results": "Hasil"})
    assert answer["Content-Type"] == "application/pdf"


def propose_advice(staff: Staff, case: Case) -> None:
    address = f"/permohonan/{case_at(State.CLOSED, staff).code}/bank-saran/"
    assert client_of(staff.petugas).get(address).status_code == 200


def open_held_draft(staff: Staff, case: Case) -> None:
    page = office_page(hold(Client()))
    assert DETAILS["material"][:20] in get(client_of(staff.pkd), page).text


def open_message(staff: Staff, case: Case) -> None:
    """Of a Petugas, who may not share the secret link."""
    message = Message.objects.filter(notice__case=case, by_hand=True, status="WAITING").latest("pk")
    assert get(client_of(staff.petugas), f"/pesan/{message.pk}/whatsapp/").status_code == 302


def name_stand_in(staff: Staff, case: Case) -> None:
    """Name an acting head for a day, and end it."""
    day = clock.midnight(clock.today())
    times: dict[str, Any] = {"starts_at": day, "ends_at": day + dt.timedelta(days=1)}
    absence = record_absence(by=staff.kadis, person=staff.kadis, reason=Absence.Reason.LEAVE, **times)
    held = staff.kadis.appointments.get()
    end_delegation(delegate(absence, by=staff.kadis, source=held, to=staff.kabid, **ORDER), by=staff.kadis)


PROPOSED, REFUSED = "Perubahan {change}, diusulkan: ", "Perubahan {change}, ditolak: "
FACTOR = "Verifikasi dua langkah Petugas (petugas) dihapus."
APPOINTED = "Admin (admin) menjadi Tim PKD (Tim PKD), 1 Januari 2026 sampai tanpa batas."
ACTS: dict[str, tuple[Take, *tuple[str, ...]]] = {
    "login": (lambda s, case: log_in(), "LOGIN petugas kata sandi"),
    "login with a factor": (
        log_in_with_factor,
        "SECOND_FACTOR petugas dipakai",
        "LOGIN petugas kata sandi, kode cadangan",
    ),
    "wrong password": (lambda s, case: log_in(password="rahasia-salah"), "LOGIN_FAILED petugas"),
    "unknown account": (lambda s, case: log_in("bukan_akun"), "LOGIN_FAILED - akun tidak dikenal"),
    "logout": (lambda s, case: client_of(s.petugas).post("/keluar/"), "LOGOUT petugas"),
    "idle session": (time_out, "SESSION_ENDED petugas"),
    "session ended": (end_other_session, "SESSION_ENDED petugas perangkat lain"),
    "password": (change_password, "PASSWORD petugas"),
    "second factor": (set_up_second_factor, *["SECOND_FACTOR petugas dipasang"] * 2),
    "recovery by two": (
        recover_factor,
        f"ACCESS admin {PROPOSED}{FACTOR}",
        f"ACCESS kadis Perubahan {{change}}, disetujui: {FACTOR}",
    ),
    "stand-in": (
        name_stand_in,
        "ACCESS kadis pemangku jabatan “Plh. Kepala Dinas: Kabid” ditunjuk",
        "ACCESS kadis pemangku jabatan {appointment} diakhiri",
    ),
    "setting": (
        edit_instruction,
        "SETTING admin Ubah: instruksi disposisi “Tindak lanjuti”. Instruksi berubah.",
    ),
    "trust weakened": (
        weaken_trust,
        "SETTING admin Ubah: jadwal retensi “Catatan akses: 2 + 0”. Masa inaktif (tahun) berubah.",
        f"ACCESS admin {PROPOSED}Verifikasi dua langkah, Kepala Dinas: tidak wajib.",
    ),
    "setting deleted": (delete_division, "SETTING admin Penghapusan: bidang “Bidang X”."),
    "appointment refused": (
        refuse_appointment,
        f"ACCESS admin {PROPOSED}{APPOINTED}",
        f"ACCESS kadis {REFUSED}{APPOINTED}",
    ),
    "identity": (reveal, "IDENTITY petugas"),
    "case": (open_by("kadis", ""), "CASE kadis"),
    "step": (open_by("petugas", "reschedule/"), "CASE petugas"),
    "refused step": (refused("petugas", "reschedule/"), "CASE petugas"),
    "overtaken draft": (lose_a_draft, "CASE petugas"),
    "preview": (preview_report, "DOCUMENT petugas pratinjau laporan"),
    "advice": (propose_advice, "CASE petugas bank saran"),
    "held draft": (open_held_draft, "DRAFT pkd kiriman {held}"),
    "message": (open_message, "CASE petugas pesan WhatsApp"),
    "file": (open_by("kabid", "/berkas/{file}/"), "FILE kabid berkas {file}"),
    "document": (open_by("kabid", "surat-tugas.pdf"), "DOCUMENT kabid surat-tugas versi 1"),
    "receipt with the link": (
        open_by("pkd", "tanda-terima.pdf"),
        "LINK pkd Tanda Terima",
        "DOCUMENT pkd tanda-terima versi 1",
    ),
    "calendar file": (open_by("petugas", "jadwal.ics"), "DOCUMENT petugas jadwal.ics"),
    "export": (download, "EXPORT petugas permohonan.csv"),
    "audit log": (open_by("kadis", "/catatan-akses/?perbuatan=CASE"), "AUDIT_LOG kadis perbuatan"),
    "applicant": (open_by("", ""), "CASE - halaman pemohon"),
    "applicant's receipt": (open_by("", "tanda-terima/"), "CASE - tanda terima"),
    "applicant's step": (open_by("", "ask_time/"), "CASE - Minta waktu lain"),
    "applicant's answer": (say_to_come, "ARRIVAL - pemohon akan datang"),
    "applicant's refused step": (refused("", "ask_time/"), "CASE - Minta waktu lain"),
    "applicant's file": (open_by("", "/p/{case.secret}/berkas/{file}/"), "FILE - berkas {file}"),
    "applicant's document": (
        open_by("", "pemberitahuan-jadwal.pdf"),
        "DOCUMENT - pemberitahuan-jadwal versi 1",
    ),
    "staff with the link": (
        open_by("pkd", "/p/{case.secret}/"),
        "LINK pkd Halaman pemohon",
        "CASE pkd halaman pemohon",
    ),
}
"""Functions that act, with the expected entries: act, account and target. Logins before are ignored."""


@each("name", ACTS)
def test_each_act_is_recorded_once_and_without_content(name: str, staff: Staff, case: Case) -> None:
    act, *expected = ACTS[name]
    store_short_files(case.documents.in_force())
    with TestCase.captureOnCommitCallbacks(execute=True):  # allauth signals a new second factor on commit
        act(staff, case)
    acts = {row.split()[0] for row in expected}
    entries = AuditEntry.objects.filter(act__in=acts).order_by("pk")
    keys = {
        "file": case.attachments.get(purpose=Attachment.Purpose.LETTER).pk,
        "change": AccessChange.objects.values_list("pk", flat=True).first(),
        "held": RequestDraft.objects.values_list("held_key", flat=True).first(),
        "appointment": Appointment.objects.latest("pk").pk,
    }
    found = [f"{entry.act} {entry.user.username if entry.user else '-'} {entry.target}" for entry in entries]
    assert [row.strip() for row in found] == [row.format(**keys) for row in expected]
    others = AuditEntry.objects.exclude(act__in=acts)
    assert {entry.act for entry in others} <= {Act.LOGIN}
    for entry in AuditEntry.objects.all():
        told = f"{entry.title} {entry.address} {entry.target}"
        assert not [content for content in CONTENT if str(content) in told], told
        assert entry.address in ("", "192.0.2.0/24", "127.0.0.0/24")


@each("address", ["/permohonan/{case.code}/", "/berkas/{file}/", "/p/{case.secret}/", "/catatan-akses/"])
def test_what_cannot_be_recorded_is_not_shown(address: str, staff: Staff, case: Case) -> None:
    client = client_of(staff.kadis)
    client.raise_request_exception = False
    file = case.attachments.get(purpose=Attachment.Purpose.LETTER)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditentry RENAME TO away")
    answer = client.get(address.format(case=case, file=file.pk))
    assert answer.status_code == 503
    assert case.subject not in answer.text


def test_the_address_behind_a_proxy_is_that_of_the_client(staff: Staff, settings: Any) -> None:
    assert shorten("203.0.113.77") == shorten("::ffff:203.0.113.77") == "203.0.113.0/24"
    assert shorten("2001:db8:1:2::7") == "2001:db8:1::/48"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client_of(staff.pengawas).get("/catatan-akses/", headers={"X-Forwarded-For": "198.51.100.9, 203.0.113.5"})
    assert AuditEntry.objects.get(act=Act.AUDIT_LOG).address == "203.0.113.0/24"


@each("identity", [Identity.CONFIDENTIAL, Identity.ANONYMOUS])
def test_of_a_hidden_complainant_nothing_is_recorded_that_finds_him(identity: str, staff: Staff) -> None:
    """A complainant who works here has an account. It is not recorded either."""
    case = hidden_at(State.REGISTERED, staff, identity)
    for client in (Client(), client_of(staff.petugas)):
        get(client, f"/p/{case.secret}/")
    found = AuditEntry.objects.filter(case=case).values_list("user", "title", "address", named=True)
    assert [tuple(row) for row in found] == [(None, "Pemohon", "")] * 2


@each("many", [1, 30])
def test_the_log_costs_the_same_for_one_and_for_many(
    many: int, staff: Staff, case: Case, at_most_queries: Any
) -> None:
    client = client_of(staff.pengawas)
    for _ in range(many):
        record(Act.CASE, by=staff.petugas, case=case)
    with at_most_queries(6):  # session, user with stamp, people, entries, new entry, office
        text = client.get("/catatan-akses/?perbuatan=CASE").text
    assert text.count('data-act="CASE"') == min(many, 25)
    assert ("before=" in text) is (many > 25)


@pytest.mark.differs_by_database
def test_the_log_is_filtered_by_person_case_act_and_day(staff: Staff, case: Case) -> None:
    other = case_at(State.SUBMITTED, staff)
    client = client_of(staff.pengawas)
    record(Act.CASE, by=staff.petugas, case=case)
    record(Act.FILE, by=staff.kabid, case=case, target="berkas 1")
    record(Act.CASE, by=None, case=other)
    today = timezone.localdate().isoformat()  # the database keeps the time of these entries
    for query, expected in {
        f"orang={staff.petugas.pk}": 1,
        "orang=pemohon": 1,
        f"permohonan={case.code.lower()}": 2,
        "permohonan=ZZZZ-ZZZZ": 0,
        "perbuatan=FILE": 1,
        f"permohonan={case.code}&perbuatan=CASE": 1,
        "sampai=2020-01-01": 0,
        f"perbuatan=CASE&sejak={today}&sampai={today}": 2,
        "sejak=9999-12-31&sampai=0001-01-01": 0,
    }.items():
        answer = client.get(f"/catatan-akses/?{query}")
        assert answer.status_code == 200
        assert answer.text.count("data-act=") == expected, query


def test_the_pengawas_reads_the_log_and_no_case_of_the_office(staff: Staff, case: Case) -> None:
    client = client_of(staff.pengawas)
    record(Act.CASE, by=staff.petugas, case=case)
    text = client.get("/catatan-akses/").text
    assert case.code in text
    hidden = (f"/permohonan/{case.code}/", case.subject, 'href="/kalender/"', 'type="search"')
    assert [words for words in hidden if words in text] == []
    assert case.code not in client.get("/meja/").text
    assert client.get(f"/permohonan/{case.code}/").status_code == 404
    assert client.get("/bank-saran/").status_code in (403, 404)
    assert not Case.objects.visible_to(staff.pengawas).exists()


def test_a_reader_of_the_log_reads_nothing_about_a_complaint_about_himself(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT)
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kadis)
    record(Act.CASE, by=staff.pkd, case=case)
    assert case.code not in client_of(staff.kadis).get("/catatan-akses/").text
    assert case.code in client_of(staff.pengawas).get("/catatan-akses/").text
    address = client_of(staff.kadis).post("/ekspor/catatan-akses.csv")["Location"]
    assert case.code.encode() not in client_of(staff.kadis).get(address).getvalue()


def test_the_log_is_exported_and_the_export_recorded(staff: Staff, case: Case) -> None:
    record(Act.FILE, by=staff.petugas, case=case, target="berkas 7")
    client = client_of(staff.pengawas)
    address = client.post("/ekspor/catatan-akses.csv?perbuatan=FILE")["Location"]
    (_head, line) = client.get(address).getvalue().decode("utf-8-sig").splitlines()
    assert ("berkas 7" in line, case.code in line) == (True, True)
    assert AuditEntry.objects.get(act=Act.EXPORT).target == "catatan-akses.csv"
    for name in ("admin", "pkd", "petugas"):
        assert client_of(getattr(staff, name)).post("/ekspor/catatan-akses.csv").status_code == 403


@each("name", ["sekretariat", "pkd", "sekretaris", "kadis", "kabid", "petugas"])
def test_the_case_shows_who_opened_it_to_those_who_see_its_whole_history(
    name: str, staff: Staff, case: Case
) -> None:
    staff.companion.name = "Pembaca Terakhir"
    staff.companion.save()
    for _ in range(3):
        record(Act.CASE, by=staff.companion, case=case)
    text = read_all(client_of(getattr(staff, name)), case)
    shown = text.partition('data-record="readings"')[2]
    assert ("Pembaca Terakhir" in shown and "3 kali" in shown) is (name in ("pkd", "kadis"))
    assert (f"/catatan-akses/?permohonan={case.code}" in text) is (name == "kadis")


@pytest.mark.differs_by_database
@each("many", [1, 30])
def test_the_applicant_reads_which_positions_opened_the_case(
    many: int, staff: Staff, case: Case, at_most_queries: Any
) -> None:
    for _ in range(many):
        record(Act.CASE, by=staff.kabid, case=case)
    assert f"/p/{case.secret}/yang-melihat/" in Client().get(f"/p/{case.secret}/").text
    with at_most_queries(3):  # case, entries, stamp
        text = Client().get(f"/p/{case.secret}/yang-melihat/").text
    assert "Kepala Bidang Rehabilitasi Sosial" in text
    assert str(staff.kabid) not in text
    assert ("30 kali" in text) is (many == 30)


# No page without an entry

NOT_RECORDED = {
    "/survei/{secret}/": "It shows the subject to the applicant, who knows it.",
    "/survei/{secret}/terima-kasih/": "It shows the subject to the applicant, who knows it.",
    "/survei/diterima/{code}/": "It shows the subject, as the lists do.",
    "/permohonan/{code}/catatan/": "It takes a note and leads to the page of the case.",
}
"""Addresses of a case that are shown without an entry, with the reason."""

SLUGS = ("reschedule", "report", "surat-tugas", "tanda-terima", "surat-permohonan", "laporan", "withdraw")
"""Values for the part of an address that names a step or a document."""


def list_addresses() -> Iterator[str]:
    """Yield the addresses with a code or a secret link, as patterns."""
    for address in sorted(set(addresses(get_resolver().url_patterns))):
        pattern = address.replace("AAAA-AAAA", "{code}").replace(SECRET, "{secret}")
        if "{" not in pattern or pattern.startswith("/kalender/"):
            continue
        yield from {pattern, *(re.sub(r"/1(?=[./])", f"/{slug}", pattern) for slug in SLUGS)}


@pytest.mark.parametrize(
    ("state", "methods"),
    [
        (State.CLOSED, ("GET",)),
        *(
            pytest.param(state, ("GET", "POST"), marks=pytest.mark.release)
            for state in (State.CLOSED, State.SCHEDULED, State.HELD)
        ),
    ],
)
@each("name", ["petugas", ""])
def test_each_page_of_a_case_is_recorded(
    name: str, state: State, methods: tuple[str, ...], staff: Staff
) -> None:
    """What answers a form is tried for each kind of page above (`ACTS`), and for all before a release."""
    case = case_at(state, staff)
    store_short_files(case.documents.in_force())
    assert not AuditEntry.objects.exists()
    client = client_of(staff.petugas) if name else Client()
    found = {
        pattern
        for pattern in list_addresses()
        for method in methods
        if shows_unrecorded(client, method, pattern.format(code=case.code, secret=case.secret), case)
    }
    assert found <= NOT_RECORDED.keys()


def shows_unrecorded(client: Client, method: str, address: str, case: Case) -> bool:
    before = transaction.savepoint_create()
    answer = client.generic(method, address, content_type="application/x-www-form-urlencoded")
    content = answer.getvalue() if answer.streaming else answer.content
    shows = case.subject.encode() in content or answer.headers["Content-Type"].startswith("application/pdf")
    recorded = AuditEntry.objects.filter(case=case, act__in=("CASE", "FILE", "DOCUMENT", "LINK", "EXPORT"))
    is_recorded = recorded.exists()
    transaction.savepoint_rollback(before)
    return shows and not is_recorded
