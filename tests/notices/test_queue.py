"""`pesan/`: who finds which messages there, and what one tap does."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.tasks import default_task_backend
from django.test import Client
from django.utils.formats import date_format
from pytest_django import DjangoAssertNumQueries

from consultations import services as consultations_services
from consultations.enums import Kind, State
from consultations.models import Case
from notices.delivery import deliver
from notices.held_back import held_back
from notices.models import Message
from notices.queue import hands_out_links, send_again, set_aside_old
from office import clock
from office.models import OpeningHours, Role, User
from scheduling import services as scheduling_services
from tests.factories import Staff, appoint, case_at, make_user, working_moment

from .smtp_stand_in import mail_server

type ClientOf = Callable[[User], Client]


def codes(client: Client, address: str = "/pesan/") -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    return [part[:9] for part in response.content.decode().split('<li class="panel" data-case="')[1:]]


@pytest.fixture
def message(staff: Staff) -> Message:
    """The schedule of a case waits to be sent by a tap."""
    case_at(State.SCHEDULED, staff)
    return Message.objects.get()


# fmt: off -- a table is read in columns
SEE = {
    "sekretariat": True,
    "pkd": True,
    "kadis": False,
    "kabid": False,
    "other_kabid": False,
    "petugas": True,
    "other_petugas": False,
    "companion": False,
    "elsewhere": False,
    "admin": False,
    "expired": False,
}
# fmt: on


@pytest.mark.parametrize("name", SEE)
def test_the_counter_tim_pkd_and_the_officer_find_the_message(
    name: str, message: Message, staff: Staff, client_of: ClientOf
) -> None:
    client = client_of(getattr(staff, name))
    assert (message.notice.case.code in codes(client)) is SEE[name]
    answer = client.post(f"/pesan/{message.pk}/sent/")
    assert answer.status_code == (302 if SEE[name] else 404)
    message.refresh_from_db()
    assert message.status == ("SENT" if SEE[name] else "WAITING")


def test_the_official_complained_about_never_finds_it(staff: Staff, client_of: ClientOf) -> None:
    official = make_user("teradu")
    appoint(official, Role.TIM_PKD)
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    consultations_services.register(case, by=staff.pkd, classification="400.9", complained_about=official)
    Message.objects.all().delete()
    notice = case.notices.create(event=case.history.latest("pk"), kind="SCHEDULED")
    row = notice.messages.create(channel="WHATSAPP", by_hand=True, due_at=clock.now())
    assert codes(client_of(official)) == []
    assert client_of(official).post(f"/pesan/{row.pk}/sent/").status_code == 404
    assert codes(client_of(staff.pkd)) == [case.code]


@pytest.mark.parametrize("kind", ["CONFIDENTIAL", "ANONYMOUS"])
def test_a_hidden_number_stands_in_no_link(kind: str, staff: Staff, client_of: ClientOf) -> None:
    case_at(State.INCOMPLETE, staff, kind="COMPLAINT", identity=kind, email="pelapor@example.id")
    for person in (staff.sekretariat, staff.pkd):
        page = client_of(person).get("/pesan/").content.decode()
        assert "wa.me" not in page
        assert "81234567890" not in page


def test_one_tap_says_who_sent_it_and_when(message: Message, staff: Staff, client_of: ClientOf) -> None:
    client = client_of(staff.sekretariat)
    page = client.get("/pesan/").content.decode()
    assert 'href="https://wa.me/6281234567890?text=' in page
    assert 'target="_blank" rel="noopener noreferrer"' in page

    answer = client.post(f"/pesan/{message.pk}/sent/", follow=True)

    assert "Pesan ditandai terkirim." in answer.content.decode()
    message.refresh_from_db()
    assert (message.status, message.handled_by) == ("SENT", staff.sekretariat)
    assert message.sent_at
    assert codes(client) == []


def test_a_second_tap_finds_nothing_to_do(message: Message, staff: Staff, client_of: ClientOf) -> None:
    first = client_of(staff.pkd).post(
        f"/pesan/{message.pk}/aside/", {"how": "Ditelepon pukul 10"}, follow=True
    )
    assert "Dicatat: disampaikan dengan cara lain (Ditelepon pukul 10)." in first.content.decode()
    second = client_of(staff.sekretariat).post(f"/pesan/{message.pk}/sent/", follow=True)
    assert "Pesan ini sudah ditangani orang lain, atau tidak berlaku lagi." in second.content.decode()
    message.refresh_from_db()
    assert (message.status, message.handled_by) == ("CANCELLED", staff.pkd)
    assert message.reason == "Disampaikan dengan cara lain: Ditelepon pukul 10"


@pytest.mark.parametrize("how", ["", " ", "a" * 151])
def test_who_sets_a_message_aside_says_how_the_applicant_was_told(
    how: str, message: Message, staff: Staff, client_of: ClientOf
) -> None:
    client = client_of(staff.pkd)
    form = client.get("/pesan/").content.decode().partition('data-form="aside"')[2].partition("</form>")[0]
    assert re.search(r'<input[^>]* name="how"[^>]* maxlength="150"[^>]* required', form)
    answer = client.post(f"/pesan/{message.pk}/aside/", {"how": how}, follow=True)
    assert 'class="alert alert-warning"' in answer.content.decode()
    message.refresh_from_db()
    assert message.status == "WAITING"


def test_the_tap_is_no_link(message: Message, staff: Staff, client_of: ClientOf) -> None:
    assert client_of(staff.pkd).get(f"/pesan/{message.pk}/sent/").status_code == 405
    assert client_of(staff.pkd).post(f"/pesan/{message.pk}/lain/").status_code == 404


def test_what_perhaps_arrived_is_decided_by_a_person(
    crew: Staff, client_of: ClientOf, at_work: object
) -> None:
    case = case_at(State.SUBMITTED, crew)
    Message.objects.exclude(notice__recipient=None).delete()
    with mail_server(["dies late"]):
        deliver()
    client = client_of(crew.pkd)
    page = client.get("/pesan/").content.decode()
    assert "Mungkin sudah terkirim." in page
    assert "Sambungan terputus sebelum server surel menjawab." in page
    assert "wa.me" not in page
    client.post(f"/pesan/{Message.objects.get().pk}/again/")
    with mail_server() as server:
        assert deliver() == 1
    assert len(server.taken) == 1
    assert codes(client) == []
    assert case.code in server.taken[0]["Subject"]


def test_a_newer_schedule_takes_the_old_message_off_the_queue(
    message: Message, staff: Staff, client_of: ClientOf
) -> None:
    case = message.notice.case
    scheduling_services.no_show(Case.objects.get(pk=case.pk), by=staff.petugas)
    message.refresh_from_db()
    assert (message.status, message.reason) == ("CANCELLED", "Tidak berlaku lagi: Pemohon tidak hadir")
    page = client_of(staff.pkd).get("/pesan/").content.decode()
    assert "Tidak hadir, menunggu jadwal baru" in page
    assert codes(client_of(staff.pkd)) == [case.code]


def test_the_desk_leads_to_the_messages(message: Message, staff: Staff, client_of: ClientOf) -> None:
    for person, waits in ((staff.petugas, True), (staff.sekretariat, True), (staff.kabid, False)):
        page = client_of(person).get("/meja/").content.decode()
        assert ('data-waiting-messages="1"' in page) is waits


@pytest.mark.parametrize("count", [1, 30])
def test_the_queue_costs_the_same_for_one_message_and_for_thirty(
    count: int, staff: Staff, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        case_at(State.INCOMPLETE, staff)
    client = client_of(staff.pkd)
    with django_assert_num_queries(6):
        first = codes(client)
    assert len(first) == count


def test_the_soonest_appointment_comes_first_then_the_oldest_message(
    staff: Staff, client_of: ClientOf
) -> None:
    older, newer = (case_at(State.INCOMPLETE, staff) for _ in range(2))
    later, sooner = (case_at(State.PREPARED, staff) for _ in range(2))
    for case, day in ((later, 9), (sooner, 8)):
        scheduling_services.schedule(case, by=staff.petugas, starts_at=working_moment(day), place="Ruang Uji")
    client = client_of(staff.pkd)
    assert codes(client) == [case.code for case in (sooner, later, older, newer)]
    row = (
        client.get("/pesan/")
        .content.decode()
        .partition(f'data-case="{sooner.code}"')[2]
        .partition("</li>")[0]
    )
    assert f"Jadwal konsultasi: {date_format(working_moment(8), 'l, j F Y, H.i')} WIB" in row
    assert str(sooner.agenda) in row


def test_what_does_not_fit_follows_once_the_first_are_settled(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.INCOMPLETE, staff)
    cases = [case.code, *(case_at(State.INCOMPLETE, staff).code for _ in range(50))]
    client = client_of(staff.pkd)
    assert codes(client) == cases[:50]
    assert "Ditampilkan 50 pesan yang paling mendesak." in client.get("/pesan/").content.decode()
    client.post(f"/pesan/{Message.objects.get(notice__case=case, channel='WHATSAPP').pk}/sent/")
    assert codes(client) == cases[1:]
    assert "Ditampilkan" not in client.get("/pesan/").content.decode()


def test_what_nobody_has_sent_for_ten_working_days_is_set_aside(message: Message, staff: Staff) -> None:
    Message.objects.exclude(pk=message.pk).delete()
    for day, number in ((8, 0), (9, 1)):  # of December, a Wednesday; told on Tuesday 24 November
        with clock.set_to(clock.now().replace(month=12, day=day)):
            assert set_aside_old() == number
    message.refresh_from_db()
    assert (message.status, message.reason) == ("CANCELLED", "Tidak dikirim dalam 10 hari kerja")


def test_who_serves_the_counter_in_a_second_position_hands_out_links(staff: Staff) -> None:
    assert not hands_out_links(staff.kabid)
    appoint(staff.kadis, Role.SECRETARIAT)
    assert hands_out_links(User.objects.get(pk=staff.kadis.pk))


@pytest.mark.parametrize(
    ("minutes", "told"), [(59, False), (61, True), (24 * 60, True)], ids=["soon", "late", "a day"]
)
def test_tim_pkd_hears_of_messages_that_do_not_leave(
    minutes: int, told: bool, crew: Staff, client_of: ClientOf
) -> None:
    case_at(State.SUBMITTED, crew)
    with clock.set_to(clock.now() + dt.timedelta(minutes=minutes)):
        for person, hears in ((crew.pkd, told), (crew.sekretariat, False)):
            page = client_of(person).get("/meja/").content.decode()
            assert ("2 pesan tertahan sejak 24 Nov 2026, 10.00 WIB." in page) is hears


def test_messages_of_the_night_are_not_late_in_the_morning(crew: Staff, client_of: ClientOf) -> None:
    with clock.set_to(clock.now().replace(hour=20)):
        case_at(State.SUBMITTED, crew)
    with clock.set_to(clock.now().replace(day=25, hour=8)):
        assert held_back() is None


def test_working_time_alone_counts_for_what_is_held_back(crew: Staff) -> None:
    """Told at seven in the evening, and fifteen minutes after the office has opened (07.30)."""
    with clock.set_to(clock.now().replace(hour=19)):
        case_at(State.SUBMITTED, crew)
    with clock.set_to(clock.now().replace(day=25, hour=7, minute=45)):
        case_at(State.SUBMITTED, crew)
    for hour, minute, number in ((7, 0, 0), (8, 29, 0), (8, 31, 2), (8, 46, 4), (20, 0, 4)):
        with clock.set_to(clock.now().replace(day=25, hour=hour, minute=minute)):
            found = held_back()
        assert (found.number if found else 0) == number, hour


def test_without_working_hours_every_hour_counts(crew: Staff) -> None:
    OpeningHours.objects.all().delete()
    with clock.set_to(clock.now().replace(hour=20)):
        case_at(State.SUBMITTED, crew)
    with clock.set_to(clock.now().replace(hour=21, minute=1)):
        found = held_back()
    assert found is not None
    assert found.number == 2


def test_what_is_sent_again_is_delivered_soon(
    crew: Staff, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    case_at(State.SUBMITTED, crew)
    Message.objects.update(status="FAILED", reason="Server surel menolak pesan ini (kode 554).")
    asked = default_task_backend.results  # type: ignore[attr-defined]  # the backend of the tests keeps them
    before = len(asked)
    with django_capture_on_commit_callbacks(execute=True):
        assert send_again(Message.objects.earliest("pk"), by=crew.pkd)
    assert [result.task.priority for result in asked[before:]] == [10]
