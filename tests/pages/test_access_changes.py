"""Changes of access: two people, notices, the audit log, and every way around."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client

from consultations.audit.models import Act, AuditEntry
from consultations.enums import State
from kit import clock
from kit.refusal import Refused
from notices.models import Notice
from notices.services.delivery import deliver
from office import rights
from office.access.changes import LASTS, Kind, Outcome, confirm, has_had_others, propose, refuse
from office.models import AccessChange, Appointment, FactorRequirement, Position, Role, User
from office.models.people import get_grace_days
from tests.factories import ORDER, PASSWORD, Staff, appoint, client_of, make_user
from tests.pages.test_hidden_identity import hidden_at
from tests.shared_data import each


def position_of(role: Role) -> Position:
    return Position.objects.filter(role=role).earliest("pk")


def propose_appointment(user: User, *, by: User, role: Role = Role.TIM_PKD, **more: Any) -> AccessChange:
    what: dict[str, Any] = {"position": position_of(role), "starts": clock.today(), **more}
    return propose(Kind.APPOINT, user, by=by, **what)


def make_admin(username: str) -> User:
    user = make_user(username)
    user.is_staff = True
    user.save()
    return user


def log_in(user: User) -> Client:
    """Return the client of a user who has just entered the password again."""
    client = client_of(user)
    client.post("/akun/reauthenticate/", {"password": PASSWORD})
    return client


def test_an_acting_holder_has_an_order(staff: Staff) -> None:
    for missing in ({}, {"order_number": "800/7/SP/2026"}, {"order_date": clock.today()}):
        with pytest.raises(Refused, match="Isi nomor dan tanggal Surat Perintah"):
            propose_appointment(staff.kabid, by=staff.admin, acting="Plh.", **missing)
    admin = log_in(staff.admin)
    typed = {"user": staff.kabid.pk, "position": position_of(Role.TIM_PKD).pk, "starts": f"{clock.today()}"}
    page = admin.post("/perubahan-akses/usul/jabatan/", {**typed, "acting": "Plh."})
    assert (page.status_code, "Isi nomor dan tanggal Surat Perintah" in page.text) == (422, True)
    ordered = {**typed, "acting": "Plh.", "order_number": ORDER["order_number"], "order_date": "2026-01-05"}
    assert admin.post("/perubahan-akses/usul/jabatan/", ordered).status_code == 302
    change = AccessChange.objects.get()
    assert "800/7/SP/2026, 5 Januari 2026" in log_in(staff.kadis).get(f"/perubahan-akses/{change.pk}/").text
    confirm(change, by=staff.kadis)
    held = Appointment.objects.get(user=staff.kabid, acting="Plh.")
    assert held.order == "Surat Perintah Nomor 800/7/SP/2026 tanggal 5 Januari 2026"


def test_the_pengawas_is_told_of_another_one(staff: Staff) -> None:
    """The subject of a complaint could otherwise appoint a confidant who reads it."""
    change = propose_appointment(staff.kabid, by=staff.admin, role=Role.SUPERVISOR)
    assert staff.pengawas.username in list_told("ACCESS_PROPOSED")
    assert f'data-change="{change.pk}"' in client_of(staff.pengawas).get("/perubahan-akses/").text
    confirm(change, by=staff.kadis)
    held = Appointment.objects.get(user=staff.kabid, position__role=Role.SUPERVISOR)
    propose(Kind.LAST_DAY, staff.kabid, by=staff.admin, appointment=held, ends=clock.today())
    assert Notice.objects.filter(recipient=staff.pengawas, kind="ACCESS_PROPOSED").count() == 2
    other = propose_appointment(staff.kabid, by=staff.admin)
    assert f'data-change="{other.pk}"' not in client_of(staff.pengawas).get("/perubahan-akses/").text


def test_no_administrator_alone_switches_a_required_second_factor_off(staff: Staff) -> None:
    """The administration shows the requirements. A proposal changes them after a second person."""
    rule = FactorRequirement.objects.create(role="TIM_PKD", grace_days=7)
    other = make_admin("admin2")
    admin, second = log_in(staff.admin), log_in(other)
    edit = f"/pengaturan/office/factorrequirement/{rule.pk}/change/"
    admin.post(edit, {"role": "TIM_PKD", "grace_days": 7})
    listed = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": rule.pk, "form-0-grace_days": 7}
    admin.post("/pengaturan/office/factorrequirement/", {**listed, "_save": "Simpan"})
    assert get_grace_days() == {"TIM_PKD": 7}
    address = "/perubahan-akses/usul/kewajiban-verifikasi/"
    assert admin.get("/pengaturan/office/factorrequirement/add/")["Location"] == address
    assert admin.post(address, {"role": "TIM_PKD", "grace_days": 99}).status_code == 422

    admin.post(address, {"role": "TIM_PKD", "grace_days": 7})
    change = AccessChange.objects.get(kind=Kind.FACTOR_RULE)
    assert (change.before, change.value, change.is_open) == ("TIM_PKD 7", "TIM_PKD", True)
    assert {"kadis", "admin2"} <= list_told("ACCESS_PROPOSED")
    with pytest.raises(Refused):
        confirm(change, by=staff.admin)
    assert get_grace_days() == {"TIM_PKD": 7}
    page = second.get(f"/perubahan-akses/{change.pk}/").text
    assert "Verifikasi dua langkah, Tim PKD: tidak wajib." in page
    assert "<dd>Tim PKD: wajib sesudah 7 hari</dd>" in page
    second.post(f"/perubahan-akses/{change.pk}/", {"decision": "confirm"})
    assert get_grace_days() == {}


def test_a_requirement_of_a_role_without_one_begins_after_a_second_person(staff: Staff) -> None:
    change = propose(Kind.FACTOR_RULE, staff.admin, by=staff.admin, value="OFFICER 30")
    with pytest.raises(Refused):
        propose(Kind.FACTOR_RULE, staff.kadis, by=staff.kadis, value="SECRETARY")  # not required, as now
    confirm(change, by=staff.kadis)
    assert get_grace_days() == {"OFFICER": 30}
    late = propose(Kind.FACTOR_RULE, staff.admin, by=staff.admin, value="OFFICER")
    FactorRequirement.objects.update(grace_days=5)
    with pytest.raises(Refused, match="sudah berubah"):
        confirm(late, by=staff.kadis)


def list_told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("recipient__username", flat=True))


def test_an_administrator_does_not_make_himself_a_reader_of_cases(staff: Staff) -> None:
    """The attack step by step: appointed by himself, a hidden name read, the appointment ended again."""
    User.objects.filter(pk=staff.kadis.pk).update(email="kadis@kantor.example")
    case = hidden_at(State.REGISTERED, staff)
    page, identity = f"/permohonan/{case.code}/", f"/permohonan/{case.code}/identitas/"
    admin, head = log_in(staff.admin), log_in(staff.kadis)

    held = {"user": staff.admin.pk, "position": position_of(Role.TIM_PKD).pk, "starts": "2026-01-01"}
    admin.post("/pengaturan/office/appointment/add/", held)
    assert not staff.admin.appointments.exists()
    assert "Usulan tercatat" in admin.post("/perubahan-akses/usul/jabatan/", held, follow=True).text
    change = AccessChange.objects.get()
    decision = f"/perubahan-akses/{change.pk}/"
    assert "Anda sendiri yang mengusulkannya" in admin.get(decision).text
    answer = admin.post(decision, {"decision": "confirm"}, follow=True)
    assert "Anda sendiri yang mengusulkannya" in answer.text
    assert admin.get(page).status_code == admin.get(identity).status_code == 404

    # The Kepala Dinas is told at once: on the page, by mail, and in the audit log.
    assert list_told("ACCESS_PROPOSED") == {"kadis"}
    deliver()
    (sent,) = [one for one in mail.outbox if one.subject == "Perubahan akses diusulkan"]
    assert sent.to == ["kadis@kantor.example"]
    assert "/perubahan-akses/" in str(sent.body)
    assert "Perubahan akses diusulkan" in head.get("/pemberitahuan/").text
    log = head.get("/catatan-akses/?perbuatan=ACCESS").text
    assert f"Perubahan {change.pk}, diusulkan: Admin (admin) menjadi Tim PKD (Tim PKD)" in log

    assert "Setujui" in head.get(decision).text
    head.post(decision, {"decision": "refuse"})
    assert admin.get(page).status_code == 404
    assert list_told("ACCESS_DECIDED") == {"admin"}


def test_a_confirmed_appointment_takes_effect_and_the_person_is_told(staff: Staff) -> None:
    change = propose_appointment(staff.petugas, by=staff.admin, acting="Plt.", **ORDER)
    assert list_told("ACCESS_PROPOSED") == {"kadis", "petugas"}
    assert "menjadi Plt. Tim PKD" in client_of(staff.petugas).get("/perubahan-akses/").text
    assert not Notice.objects.unread().filter(recipient=staff.petugas).exists()
    head = log_in(staff.kadis)
    assert "Kantor ini tidak memiliki Pengawas" not in head.get("/perubahan-akses/").text
    head.post(f"/perubahan-akses/{change.pk}/", {"decision": "confirm"})
    assert Role.TIM_PKD in User.objects.get(pk=staff.petugas.pk).roles
    assert list_told("ACCESS_DECIDED") == {"admin", "petugas"}
    acts = AuditEntry.objects.filter(act=Act.ACCESS).order_by("pk").values_list("user__username", "target")
    decided = [(who, what.split(": ")[0].split(", ")[1]) for who, what in acts]
    assert decided == [("admin", "diusulkan"), ("kadis", "disetujui")]


def test_who_takes_part_but_in_no_change_of_the_own_access(staff: Staff) -> None:
    acting = make_user("plh")
    appoint(acting, Role.HEAD, acting=Appointment.Acting.PLH)
    taking_part = {user.username for user in User.objects.all() if rights.CHANGE_ACCESS.is_held_by(user)}
    assert taking_part == {"admin", "kadis", "plh"}
    for user in (staff.pkd, staff.sekretaris, staff.expired, staff.pengawas):
        with pytest.raises(PermissionDenied):
            propose_appointment(staff.petugas, by=user)
    change = propose_appointment(staff.petugas, by=staff.admin)
    for decide in (confirm, refuse):
        with pytest.raises(PermissionDenied):
            decide(change, by=staff.petugas)
    assert confirm(change, by=acting).outcome == Outcome.CONFIRMED
    own = propose_appointment(staff.kadis, by=staff.admin)
    with pytest.raises(Refused, match="akses Anda sendiri"):
        confirm(own, by=staff.kadis)
    assert confirm(propose(Kind.GRANT_ADMIN, staff.kadis, by=staff.kadis), by=staff.admin).user.is_staff


def test_what_takes_effect_after_the_second_person(staff: Staff) -> None:
    held, tomorrow = staff.pkd.appointments.get(), clock.today() + dt.timedelta(days=1)
    User.objects.filter(pk=staff.expired.pk).update(is_active=False)
    staff.expired.refresh_from_db()

    def read() -> dict[str, Any]:
        pkd, expired = (User.objects.get(pk=user.pk) for user in (staff.pkd, staff.expired))
        return {
            "LAST_DAY": Appointment.objects.get(pk=held.pk).ends,
            "GRANT_ADMIN": pkd.is_staff,
            "OPEN_ACCOUNT": expired.is_active,
            "PASSWORD": pkd.check_password(PASSWORD),
            "EMAIL": pkd.email,
            "NIP": pkd.nip,
        }

    before = read()
    rows: list[tuple[Kind, User, dict[str, Any], Any]] = [
        (Kind.LAST_DAY, staff.pkd, {"appointment": held, "ends": tomorrow}, tomorrow),
        (Kind.GRANT_ADMIN, staff.pkd, {}, True),
        (Kind.OPEN_ACCOUNT, staff.expired, {}, True),
        (Kind.PASSWORD, staff.pkd, {}, False),
        (Kind.EMAIL, staff.pkd, {"value": "pkd@kantor.example"}, "pkd@kantor.example"),
        (Kind.NIP, staff.pkd, {"value": "1" * 18}, "1" * 18),
    ]
    changes = [propose(kind, user, by=staff.admin, **what) for kind, user, what, _after in rows]
    assert read() == before
    for change, (kind, _user, _what, after) in zip(changes, rows, strict=True):
        expected = read() | {kind.value: after}
        confirm(change, by=staff.kadis)
        assert read() == expected
    confirm(propose(Kind.REVOKE_ADMIN, staff.pkd, by=staff.admin), by=staff.kadis)
    assert not User.objects.get(pk=staff.pkd.pk).is_staff


@each(("kind", "value"), [(Kind.EMAIL, "baru@kantor.example"), (Kind.NIP, "1" * 18)])
def test_two_accounts_do_not_get_one_address_or_nip(kind: Kind, value: str, staff: Staff) -> None:
    first, second = (propose(kind, user, by=staff.admin, value=value) for user in (staff.pkd, staff.petugas))
    confirm(first, by=staff.kadis)
    with pytest.raises(Refused, match="dipakai akun lain"):
        confirm(second, by=staff.kadis)


def test_an_account_is_closed_at_once_and_opened_by_two(staff: Staff) -> None:
    thief = client_of(staff.pkd)
    admin = log_in(staff.admin)
    admin.post("/perubahan-akses/usul/tutup-akun/", {"user": staff.pkd.pk})
    assert thief.get("/meja/").status_code == 302
    assert list_told("ACCESS_DECIDED") == {"kadis", "pkd"}
    admin.post("/perubahan-akses/usul/buka-akun/", {"user": staff.pkd.pk})
    assert not User.objects.get(pk=staff.pkd.pk).is_active

    # After closing the accounts of all deciders, one person still changes nothing alone.
    for user in (staff.kadis, staff.expired, make_admin("admin2")):
        propose(Kind.CLOSE_ACCOUNT, user, by=staff.admin)
    assert has_had_others(staff.admin)
    assert propose_appointment(staff.admin, by=staff.admin).is_open
    assert not staff.admin.appointments.exists()


def test_an_office_without_a_second_person_works_at_once(office: object) -> None:
    first = make_admin("pertama")
    client = log_in(first)
    assert 'data-record="alone"' in client.get("/perubahan-akses/").text
    assert 'data-condition="second_person" data-state="attention"' in client.get("/pengaturan/sistem/").text
    head = make_user("kepala")
    position = Position.objects.create(title="Kepala Dinas", role=Role.HEAD)
    entered = {"user": head.pk, "position": position.pk, "starts": clock.today().isoformat()}
    answer = client.post("/perubahan-akses/usul/jabatan/", entered, follow=True)
    assert "Berlaku: Kepala (kepala) menjadi Kepala Dinas" in answer.text
    assert rights.CHANGE_ACCESS.is_held_by(User.objects.get(pk=head.pk))
    assert "berlaku tanpa orang kedua" in AuditEntry.objects.get(act=Act.ACCESS).target

    # From now on there is a second person.
    assert 'data-record="alone"' not in client.get("/perubahan-akses/").text
    assert 'data-condition="second_person" data-state="ok"' in client.get("/pengaturan/sistem/").text
    assert propose(Kind.GRANT_ADMIN, head, by=first).is_open


def test_a_proposal_ends_after_some_working_days(staff: Staff) -> None:
    change = propose_appointment(staff.petugas, by=staff.admin)
    with clock.set_to(change.expires_at - dt.timedelta(seconds=1)):
        assert change.is_open
    assert change.expires_at - change.proposed_at > dt.timedelta(days=LASTS)
    with clock.set_to(change.expires_at):
        for decide in (confirm, refuse):
            with pytest.raises(Refused, match="kedaluwarsa"):
                decide(change, by=staff.kadis)
        assert propose_appointment(staff.petugas, by=staff.admin).is_open


def test_what_changed_meanwhile_gets_a_sentence(staff: Staff) -> None:
    held = staff.pkd.appointments.get()
    days = [clock.today() + dt.timedelta(days=number) for number in (5, 9)]
    first, second = (
        propose(Kind.LAST_DAY, staff.pkd, by=staff.admin, appointment=held, ends=day) for day in days
    )
    admins = propose(Kind.GRANT_ADMIN, staff.kabid, by=staff.admin)
    closed = propose_appointment(staff.petugas, by=staff.admin)
    confirm(first, by=staff.kadis)
    propose(Kind.CLOSE_ACCOUNT, staff.petugas, by=staff.admin)
    for change, sentence in ((first, "Disetujui"), (second, "sudah berubah"), (closed, "tertutup")):
        with pytest.raises(Refused, match=sentence):
            confirm(change, by=staff.kadis)
    second_admin = make_admin("admin2")
    propose(Kind.CLOSE_ACCOUNT, staff.admin, by=second_admin)
    with pytest.raises(Refused, match="Pengusul tidak lagi berwenang"):
        confirm(admins, by=staff.kadis)
    for change in (second, closed, admins):
        assert refuse(change, by=staff.kadis).outcome == Outcome.REFUSED


def test_what_cannot_be_proposed(staff: Staff) -> None:
    held = staff.pkd.appointments.get()
    rows: list[tuple[Kind, User, dict[str, Any], str]] = [
        (Kind.GRANT_ADMIN, staff.admin, {}, "sudah administrator"),
        (Kind.REVOKE_ADMIN, staff.pkd, {}, "bukan administrator"),
        (Kind.OPEN_ACCOUNT, staff.pkd, {}, "sudah terbuka"),
        (Kind.NIP, staff.pkd, {"value": ""}, "sama dengan"),
        (Kind.PASSWORD, staff.admin, {}, "oleh orang lain"),
        (Kind.LAST_DAY, staff.pkd, {"appointment": held, "ends": held.ends}, "sudah demikian"),
        (
            Kind.LAST_DAY,
            staff.pkd,
            {"appointment": held, "ends": dt.date(2000, 1, 1)},
            "sebelum hari pertama",
        ),
        (Kind.APPOINT, staff.pkd, {"position": held.position, "starts": clock.today()}, "sudah memangku"),
    ]
    for kind, user, what, sentence in rows:
        with pytest.raises(Refused, match=sentence):
            propose(kind, user, by=staff.admin, **what)
    assert not AccessChange.objects.exists()


@each(
    ("name", "entered", "field"),
    [
        ("jabatan", {"starts": "2026-02-01", "ends": "2026-01-01"}, "ends"),
        ("kata-sandi", {"user": "0"}, "user"),
        ("surel", {"value": "pkd@kantor.example"}, "value"),
        ("surel", {"value": "bukan surel"}, "value"),
        ("nip", {"value": "12"}, "value"),
        ("nip", {"value": "1" * 18}, "value"),
        ("hari-terakhir", {"appointment": "0"}, "appointment"),
        ("verifikasi", {}, "is_here"),
        ("jadikan-administrator", {"user": "0"}, "user"),
    ],
)
def test_errors_are_beside_the_field(name: str, entered: dict[str, str], field: str, staff: Staff) -> None:
    User.objects.filter(pk=staff.pkd.pk).update(email="pkd@kantor.example", nip="1" * 18)
    client = log_in(staff.admin)
    answer = client.post(f"/perubahan-akses/usul/{name}/", {"user": staff.kadis.pk, **entered})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not AccessChange.objects.exists()


def test_pages_ask_for_the_password_again_and_unknown_ones_are_not_found(staff: Staff) -> None:
    User.objects.filter(pk=staff.pkd.pk).update(email="lama@dinas.example")
    change = propose(Kind.EMAIL, staff.pkd, by=staff.admin, value="baru@dinas.example")
    client = client_of(staff.kadis)
    for address in (f"/perubahan-akses/{change.pk}/", "/perubahan-akses/usul/nip/"):
        assert client.get(address)["Location"].startswith("/akun/reauthenticate/")
        assert client.post(address, {"decision": "confirm"})["Location"].startswith("/akun/reauthenticate/")
    change.refresh_from_db()
    assert change.is_open
    client = log_in(staff.kadis)
    page = client.get(f"/perubahan-akses/{change.pk}/").text
    for shown in ("Semula</dt><dd>lama@dinas.example</dd>", "Menjadi</dt><dd>baru@dinas.example</dd>"):
        assert f"<dt>{shown}" in page
    for address in ("/perubahan-akses/0/", "/perubahan-akses/usul/lain/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/perubahan-akses/{change.pk}/", {"decision": "x"}).status_code == 302


def test_others_see_the_changes_of_their_own_access_only(staff: Staff) -> None:
    for user in (staff.petugas, staff.kabid):
        propose_appointment(user, by=staff.admin)
    staff.pengawas.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    for user in (staff.petugas, staff.kabid):
        text = client_of(user).get("/perubahan-akses/").text
        assert text.count("data-change=") == 1
        assert f"({user.username}) menjadi Tim PKD" in text
        assert "/perubahan-akses/usul/" not in text
        assert "Kantor ini tidak memiliki Pengawas" not in text
    for user in (staff.admin, staff.kadis):
        assert "Kantor ini tidak memiliki Pengawas" in client_of(user).get("/perubahan-akses/").text


@each("rows", [1, 30])
def test_pages_have_the_same_queries_for_1_and_30_rows(rows: int, staff: Staff, at_most_queries: Any) -> None:
    for number in range(rows):
        day = clock.today() + dt.timedelta(days=number)
        change = propose_appointment(make_user(f"baru{number}"), by=staff.admin, starts=day)
        refuse(propose_appointment(make_user(f"lain{number}"), by=staff.admin), by=staff.kadis)
        held = make_user(f"lama{number}")
        appoint(held, Role.SECRETARIAT)
        propose(Kind.LAST_DAY, held, by=staff.kadis, appointment=held.appointments.get(), ends=clock.today())
    client = log_in(staff.kadis)
    client.get("/perubahan-akses/")  # marks the notices as read
    # session, user with stamp, notices to mark as read, others, office, waiting, past
    with at_most_queries(7):
        text = client.get("/perubahan-akses/").text
    assert text.count("data-change=") == min(2 * rows, 50) + rows
    for address in (f"/perubahan-akses/{change.pk}/", "/perubahan-akses/usul/jabatan/"):
        client.get(address)
        with at_most_queries(8):
            assert client.get(address).status_code == 200
