"""After the opening, the head checks the people whom one person named before it."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from consultations.audit.models import AuditEntry
from consultations.scheduling.absences import delegate, record_absence
from consultations.scheduling.models import Absence
from kit import clock
from kit.refusal import Refused
from office.access.changes import Kind, confirm, propose
from office.models import AccessChange, Appointment, Office, Position, Role, StaffCheck, User
from operations.setup.people import confirm_staff, describe, hash_list, list_named
from operations.setup.views import Level, get_checklist, open_service
from tests.factories import ORDER, PASSWORD, ClientOf, Staff, appoint, make_user
from tests.setup.conftest import prove
from tests.setup.test_wizard import set_up

PAGE = "/pengaturan/daftar-orang/"


@pytest.fixture
def head(client: Client, admin: User) -> User:
    """The head of an office that its administrator has set up and opened alone."""
    set_up(client)
    open_service(by=admin)
    return Appointment.objects.get(position__role=Role.HEAD).user


@pytest.fixture
def desk(head: User, client_of: ClientOf) -> Client:
    head.set_password(PASSWORD)
    head.save()
    return prove(client_of(head))


def see() -> str:
    """Return what the form of the list that is stored now sends back."""
    return hash_list(describe(list_named()))


def send(client: Client) -> Any:
    """Open the list and confirm it as it is shown."""
    return client.post(PAGE, {"seen": client.get(PAGE).context["seen"]})


def test_the_head_confirms_once_what_waited(desk: Client, client: Client, head: User, admin: User) -> None:
    levels = {check.name: check.level for check in get_checklist()}
    assert levels["people"] == Level.WARNING
    assert 'data-condition="staff_check" data-state="attention"' in client.get("/pengaturan/sistem/").text
    assert PAGE in desk.get("/meja/").text
    assert PAGE not in client.get("/meja/").text
    page = desk.get(PAGE).text
    assert page.count("ditunjuk Ani Admin") == 5
    assert "ditunjuk dari server" in page  # the administrator, whom createsuperuser has made
    assert send(desk)["Location"] == "/meja/"
    assert not Office.load().awaits_staff_check
    send(desk)
    (entry,) = AuditEntry.objects.filter(target__startswith="Daftar orang diperiksa")
    assert (entry.user, entry.target) == (head, "Daftar orang diperiksa: 6 baris")
    assert PAGE not in desk.get("/meja/").text
    assert "people" not in {check.name for check in get_checklist()}
    assert "tidak menunggu diperiksa" in desk.get(PAGE).text


def test_what_is_wrong_becomes_an_access_change(desk: Client, head: User, admin: User) -> None:
    held = Appointment.objects.get(user__name="Eka Petugas")
    address = f"/perubahan-akses/usul/hari-terakhir/?appointment={held.pk}"
    assert address in desk.get(PAGE).text
    form: Any = desk.get(address).context["form"]
    assert form["appointment"].value() == str(held.pk)
    today = str(held.starts)
    desk.post(address, {"appointment": held.pk, "ends": today})
    change = AccessChange.objects.get(kind=Kind.LAST_DAY)
    assert (change.user, change.proposed_by, change.is_open) == (held.user, head, True)


def test_the_list_says_who_named_whom_after_the_opening_and_has_closed_accounts_while_it_waits(
    head: User, desk: Client, admin: User
) -> None:
    new = make_user("baru")
    position = Appointment.objects.get(user__name="Budi Loket").position
    change = propose(Kind.APPOINT, new, by=admin, position=position, starts=clock.today())
    confirm(change, by=head)
    closed = User.objects.get(name="Eka Petugas")
    propose(Kind.CLOSE_ACCOUNT, closed, by=head)
    named_by = {row.user: row.named_by for row in list_named()}
    assert (named_by[new], named_by[closed]) == (admin, admin)
    assert desk.get(PAGE).text.count("akun ditutup") == 1
    confirm_staff(by=head, seen=see())
    assert closed not in {row.user for row in list_named()}


def test_the_list_says_who_named_a_stand_in(staff: Staff) -> None:
    starts, ends = (clock.midnight(clock.today() + dt.timedelta(days=day)) for day in (0, 1))
    leave: dict[str, Any] = {"starts_at": starts, "ends_at": ends, "reason": Absence.Reason.LEAVE}
    absence = record_absence(by=staff.kadis, person=staff.kadis, **leave)
    delegate(absence, by=staff.kadis, source=staff.kadis.appointments.get(), to=staff.kabid, **ORDER)
    rows = [row for row in list_named() if row.appointment and row.appointment.acting]
    assert [(row.user, row.named_by) for row in rows] == [(staff.kabid, staff.kadis)]


def test_a_list_that_changed_after_it_was_opened_is_not_confirmed(desk: Client) -> None:
    seen = desk.get(PAGE).context["seen"]
    appoint(make_user("menyusul"), Role.TIM_PKD)
    for old in (seen, "", "x"):
        answer = desk.post(PAGE, {"seen": old}, follow=True)
        assert "Daftar ini berubah sejak Anda membukanya." in answer.text
    assert Office.load().awaits_staff_check
    assert not StaffCheck.objects.exists()


def test_the_confirmation_says_what_was_shown_and_the_page_what_is_new_since(
    desk: Client, head: User
) -> None:
    desk.get(PAGE)
    send(desk)
    check = StaffCheck.objects.get()
    assert check.by == head
    held = Appointment.objects.get(user__name="Eka Petugas")
    assert "admin: administrator" in check.shown.splitlines()
    line = f"{held.user.username}: {held.title} (OFFICER), {held.starts}"
    assert line in check.shown.splitlines()
    assert len(check.shown.splitlines()) == 6
    before = desk.get(PAGE).text
    assert f"Diperiksa {head}, " in before
    assert "sejak itu" not in before
    appoint(make_user("menyusul"), Role.TIM_PKD)
    after = desk.get(PAGE).text
    assert "1 baris baru sejak itu." in after
    assert after.count("data-added") == 1
    assert "data-added" in after.partition('data-user="menyusul"')[2].partition("</li>")[0]


def test_nobody_confirms_the_own_work(desk: Client, head: User, admin: User, client_of: ClientOf) -> None:
    with pytest.raises(PermissionDenied):
        confirm_staff(by=admin, seen=see())
    appoint(admin, Role.HEAD)
    with pytest.raises(Refused):
        confirm_staff(by=User.objects.get(pk=admin.pk), seen=see())
    later = client_of(head)
    assert later.get(PAGE).status_code == 200
    assert send(later)["Location"].startswith("/akun/reauthenticate/")
    assert Office.load().awaits_staff_check


def test_an_office_that_was_open_before_is_not_asked(office: Office, client_of: ClientOf) -> None:
    head = make_user("kepala")
    appoint(head, Role.HEAD)
    assert PAGE not in client_of(head).get("/meja/").text


def test_the_queries_of_a_long_list(desk: Client, at_most_queries: DjangoAssertNumQueries) -> None:
    for rows in (range(0), range(30)):
        for number in rows:
            appoint(make_user(f"orang{number}"), Role.SECRETARIAT)
        desk.get(PAGE)
        with at_most_queries(7):
            desk.get(PAGE)


def test_a_harmless_title_does_not_hide_the_role(desk: Client, admin: User, head: User) -> None:
    position = Position.objects.create(title="Penjaga arsip", role=Role.TIM_PKD)
    Appointment.objects.create(user=make_user("tamu"), position=position, starts=clock.today())
    assert "Penjaga arsip (Tim PKD)" in desk.get(PAGE).text
    officer = Position.objects.get(role=Role.OFFICER)
    assert f"{officer} (Petugas, {officer.division})" in desk.get(PAGE).text


def test_whoever_left_between_opening_and_check_is_listed(desk: Client, head: User) -> None:
    """The end of an appointment does not hide who read cases for a day."""
    guest, today = make_user("tamu"), clock.today()
    appoint(guest, Role.TIM_PKD, ends=today)
    with clock.set_to(clock.now() + dt.timedelta(days=3)):
        rows = {row.user: row for row in list_named()}
        assert rows[guest].ended_on == today
        assert "berakhir" in desk.get(PAGE).text
        confirm_staff(by=User.objects.get(pk=head.pk), seen=see())
        assert guest not in {row.user for row in list_named()}


def test_the_list_tells_a_second_person_from_the_server(desk: Client, admin: User, head: User) -> None:
    """Two accounts of the administrator confirm each other before the check. The head sees both names."""
    friend, guest = make_user("teman"), make_user("tamu")
    User.objects.filter(pk=friend.pk).update(is_staff=True)
    position = Position.objects.get(role=Role.TIM_PKD)
    change = propose(Kind.APPOINT, guest, by=admin, position=position, starts=clock.today())
    confirm(change, by=User.objects.get(pk=friend.pk))
    (row,) = (row for row in list_named() if row.user == guest)
    assert (row.named_by, row.confirmed_by) == (admin, friend)
    assert "disetujui Teman" in desk.get(PAGE).text
