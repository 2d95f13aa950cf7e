"""Manual queue (`pesan/`): which users see which messages, and what each button does."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from django.tasks import default_task_backend
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django import DjangoAssertNumQueries

from consultations import services as consultations_services
from consultations.enums import Kind, State
from consultations.models import Case, LinkAccess
from consultations.scheduling import services as scheduling_services
from kit import clock
from notices.models import Message
from notices.queries import delivery_alarm, may_share_links
from notices.services.delivery import cancel_old_messages, deliver, deliver_messages, send_again
from office.models import Office, OpeningHours, Role, User
from tests.factories import ClientOf, Staff, appoint, case_at, make_user, working_moment
from tests.many_cases import cases_at
from tests.notices.smtp_stand_in import mail_server
from tests.shared_data import each


def codes(client: Client) -> list[str]:
    response = client.get("/pesan/")
    assert response.status_code == 200
    return [part[:9] for part in response.text.split('<li class="panel stack-s" data-case="')[1:]]


@pytest.fixture
def message(staff: Staff) -> Message:
    """Return the WhatsApp message about a schedule, which staff must send."""
    case_at(State.SCHEDULED, staff)
    return Message.objects.get()


def test_sekretariat_pkd_and_officer_handle_it(message: Message, staff: Staff, client_of: ClientOf) -> None:
    for field in fields(Staff):
        client = client_of(getattr(staff, field.name))
        may_handle = field.name in ("sekretariat", "pkd", "petugas")
        assert (message.notice.case.code in codes(client)) is may_handle, field.name
        assert client.post(f"/pesan/{message.pk}/sent/").status_code == (302 if may_handle else 404)
        message.refresh_from_db()
        assert message.status == ("SENT" if may_handle else "WAITING")
        Message.objects.update(status="WAITING", sent_at=None)


def test_the_official_complained_about_does_not_see_it(staff: Staff, client_of: ClientOf) -> None:
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


@each("kind", ["CONFIDENTIAL", "ANONYMOUS"])
def test_a_hidden_number_is_shown_in_no_link(kind: str, staff: Staff, client_of: ClientOf) -> None:
    case_at(State.INCOMPLETE, staff, kind="COMPLAINT", identity=kind, email="pelapor@example.id")
    for person in (staff.sekretariat, staff.pkd):
        page = client_of(person).get("/pesan/").text
        assert "wa.me" not in page
        assert "81234567890" not in page


def test_its_own_button_stores_who_and_when(message: Message, staff: Staff, client_of: ClientOf) -> None:
    client = client_of(staff.sekretariat)
    page = client.get("/pesan/").text
    assert f'href="/pesan/{message.pk}/whatsapp/"' in page
    assert client.get(f"/pesan/{message.pk}/whatsapp/")["Location"].startswith("https://wa.me/6281234567890?")
    assert 'target="_blank" rel="noopener noreferrer"' in page
    row = page.partition("data-send>")[2].partition("<details")[0]
    assert (row.count("<a "), row.count("<form"), row.count("data-opens")) == (1, 1, 1)
    assert 'type="checkbox"' not in page, "nobody marks all of them at once"
    assert client.post("/pesan/terkirim/", {"message": [message.pk]}).status_code == 404
    answer = client.post(f"/pesan/{message.pk}/sent/", follow=True)
    assert "Pesan ditandai terkirim." in answer.text
    message.refresh_from_db()
    assert (message.status, message.handled_by) == ("SENT", staff.sekretariat)
    assert message.sent_at
    assert codes(client) == []


def test_a_message_is_late_after_the_offices_term(
    message: Message, staff: Staff, client_of: ClientOf, at_work: dt.datetime
) -> None:
    """The office works 7.5 hours on a Tuesday; the message is of ten o'clock."""
    Office.objects.update(message_hours=4)
    client = client_of(staff.sekretariat)
    for hour, minute, is_late in ((14, 59, False), (15, 1, True)):
        with clock.set_to(at_work.replace(hour=hour, minute=minute)):
            queue, desk = client.get("/pesan/").text, client.get("/meja/").text
        assert ("Kirim sampai 24 Nov 2026, 15.00" in queue) is not is_late
        assert ("Terlambat: sampai 24 Nov 2026, 15.00" in queue) is is_late
        assert ("1 terlambat" in desk) is is_late


@each(
    ("contact", "channels"),
    [
        ({}, ["WHATSAPP"]),
        ({"email": "siti@example.id"}, ["EMAIL", "WHATSAPP"]),
        ({"phone": "+62717422222"}, ["PHONE"]),
        ({"phone": "+62717422222", "email": "siti@example.id"}, ["EMAIL"]),
        ({"phone": "", "address": "Jl. Uji 1"}, ["POST"]),
    ],
)
def test_nobody_is_left_without_a_message_or_a_duty(
    contact: dict[str, str], channels: list[str], staff: Staff, client_of: ClientOf
) -> None:
    case = case_at(State.INCOMPLETE, staff, **contact)
    sent = Message.objects.filter(notice__kind="INCOMPLETE").order_by("channel")
    assert [message.channel for message in sent] == channels
    by_hand = [channel for channel in channels if channel != "EMAIL"]
    assert codes(client_of(staff.sekretariat)) == [case.code] * len(by_hand)


def test_a_landline_is_called_and_the_text_read_aloud(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.INCOMPLETE, staff, phone="+62717422222")
    client = client_of(staff.sekretariat)
    page = client.get("/pesan/").text
    assert 'href="tel:+62717422222"' in page
    assert "Permohonan Anda perlu dilengkapi." in page
    assert "kode lacak di atas" in page
    assert case.secret not in page
    message = Message.objects.get(channel="PHONE")
    assert client.get(f"/pesan/{message.pk}/whatsapp/").status_code == 404
    with clock.set_to(clock.now() + dt.timedelta(days=40)):
        assert cancel_old_messages() == 0, "the applicant would never hear of it"
    client.post(f"/pesan/{message.pk}/sent/")
    assert codes(client) == []


def test_a_second_user_finds_the_message_handled(message: Message, staff: Staff, client_of: ClientOf) -> None:
    first = client_of(staff.pkd).post(
        f"/pesan/{message.pk}/aside/", {"how": "Ditelepon pukul 10"}, follow=True
    )
    assert "Dicatat: disampaikan dengan cara lain (Ditelepon pukul 10)." in first.text
    second = client_of(staff.sekretariat).post(f"/pesan/{message.pk}/sent/", follow=True)
    assert "Pesan ini sudah ditangani orang lain, atau tidak berlaku lagi." in second.text
    message.refresh_from_db()
    assert (message.status, message.handled_by) == ("CANCELLED", staff.pkd)
    assert message.reason == "Disampaikan dengan cara lain: Ditelepon pukul 10"


def test_buttons_need_post_and_an_explanation(message: Message, staff: Staff, client_of: ClientOf) -> None:
    client = client_of(staff.pkd)
    assert client.get(f"/pesan/{message.pk}/sent/").status_code == 405
    assert client.post(f"/pesan/{message.pk}/lain/").status_code == 404
    form = client.get("/pesan/").text.partition('data-form="aside"')[2].partition("</form>")[0]
    assert re.search(r'<input[^>]* name="how"[^>]* maxlength="150"[^>]* required', form)
    for how in ("", " ", "a" * 151):
        answer = client.post(f"/pesan/{message.pk}/aside/", {"how": how}, follow=True)
        assert 'data-message="warning"' in answer.text
        message.refresh_from_db()
        assert message.status == "WAITING"


def test_a_failed_message_is_sent_again(receipt: Message, crew: Staff, client_of: ClientOf) -> None:
    with mail_server(["spam"]):
        deliver()
    client = client_of(crew.pkd)
    page = client.get("/pesan/").text
    assert "Server surel menolak pesan ini (kode 554)." in page
    assert "wa.me" not in page
    client.post(f"/pesan/{receipt.pk}/again/")
    with mail_server() as server:
        assert deliver() == 1
    assert codes(client) == []
    (mail,) = server.received
    assert receipt.notice.case.code in mail["Subject"]


def test_a_superseded_message_leaves_the_queue(message: Message, staff: Staff, client_of: ClientOf) -> None:
    for person, shown in ((staff.petugas, True), (staff.sekretariat, True), (staff.kabid, False)):
        page = client_of(person).get("/meja/").text
        assert ('data-waiting-messages="1"' in page) is shown
    case = message.notice.case
    scheduling_services.no_show(Case.objects.get(pk=case.pk), by=staff.petugas)
    message.refresh_from_db()
    assert (message.status, message.reason) == ("CANCELLED", "Tidak berlaku lagi: Pemohon tidak hadir")
    page = client_of(staff.pkd).get("/pesan/").text
    assert "Tidak hadir, menunggu jadwal baru" in page
    assert codes(client_of(staff.pkd)) == [case.code]


def test_only_sekretariat_and_tim_pkd_send_the_secret_link_and_each_time_is_logged(
    message: Message, staff: Staff, client_of: ClientOf
) -> None:
    secret = message.notice.case.secret
    for person, shown in ((staff.sekretariat, True), (staff.pkd, True), (staff.petugas, False)):
        client = client_of(person)
        assert secret not in client.get("/pesan/").text
        assert (secret in client.get(f"/pesan/{message.pk}/whatsapp/")["Location"]) is shown
        logged = LinkAccess.objects.filter(case=message.notice.case, by=person, place="MESSAGE")
        assert logged.exists() is shown
    assert not may_share_links(staff.kadis)
    appoint(staff.kadis, Role.SECRETARIAT)
    assert may_share_links(User.objects.get(pk=staff.kadis.pk)), "by a second position"


@pytest.mark.parametrize("count", [1, 30])
def test_the_queue_costs_the_same_for_one_message_and_for_thirty(
    count: int, staff: Staff, client_of: ClientOf, at_most_queries: DjangoAssertNumQueries
) -> None:
    cases_at(State.INCOMPLETE, staff, count)
    client = client_of(staff.pkd)
    with at_most_queries(5):
        first = codes(client)
    assert len(first) == count


@pytest.mark.differs_by_database
def test_the_soonest_session_comes_first_then_the_oldest_message(staff: Staff, client_of: ClientOf) -> None:
    older, newer = (case_at(State.INCOMPLETE, staff) for _ in range(2))
    later, sooner = (case_at(State.PREPARED, staff) for _ in range(2))
    for case, day in ((later, 9), (sooner, 8)):
        scheduling_services.schedule(case, by=staff.petugas, starts_at=working_moment(day), place="Ruang Uji")
    client = client_of(staff.pkd)
    assert codes(client) == [case.code for case in (sooner, later, older, newer)]
    row = client.get("/pesan/").text.partition(f'data-case="{sooner.code}"')[2].partition("</li>")[0]
    assert f"Jadwal konsultasi: {date_format(working_moment(8), 'l, j F Y, H.i')} WIB" in row
    assert str(sooner.agenda) in row


@pytest.mark.differs_by_database
def test_the_queue_shows_fifty_rows_at_a_time(message: Message, staff: Staff, client_of: ClientOf) -> None:
    columns = {"channel": "WHATSAPP", "by_hand": True, "due_at": message.due_at}
    Message.objects.bulk_create(Message(notice=message.notice, round=n, **columns) for n in range(2, 52))
    keys = list(Message.objects.order_by("pk").values_list("pk", flat=True))
    client = client_of(staff.pkd)

    def page() -> tuple[list[int], bool]:
        text = client.get("/pesan/").text
        shown = [int(key) for key in re.findall(r"/pesan/(\d+)/sent/", text)]
        return shown, "Ditampilkan 50 pesan yang paling mendesak." in text

    assert page() == (keys[:50], True)
    client.post(f"/pesan/{message.pk}/sent/")
    assert page() == (keys[1:], False)


def test_unsent_messages_are_cancelled_after_ten_working_days(message: Message, staff: Staff) -> None:
    Message.objects.exclude(pk=message.pk).delete()
    for day, number in ((8, 0), (9, 1)):  # of December; the notice is of Tuesday 24 November
        with clock.set_to(clock.now().replace(month=12, day=day)):
            assert cancel_old_messages() == number
    message.refresh_from_db()
    assert (message.status, message.reason) == ("CANCELLED", "Tidak dikirim dalam 10 hari kerja")


@each(("minutes", "alarm"), [(59, False), (61, True), (24 * 60, True)])
def test_tim_pkd_sees_the_delivery_alarm(minutes: int, alarm: bool, crew: Staff, client_of: ClientOf) -> None:
    case_at(State.SUBMITTED, crew)
    with clock.set_to(clock.now() + dt.timedelta(minutes=minutes)):
        for person, shown in ((crew.pkd, alarm), (crew.sekretariat, False)):
            page = client_of(person).get("/meja/").text
            assert ("2 pesan tertahan sejak 24 Nov 2026, 10.00 WIB." in page) is shown


def test_the_alarm_counts_working_time_only(crew: Staff) -> None:
    """One case is of seven in the evening, one of 07.45, a quarter of an hour after opening."""
    with clock.set_to(clock.now().replace(hour=19)):
        case_at(State.SUBMITTED, crew)
    with clock.set_to(clock.now().replace(day=25, hour=7, minute=45)):
        case_at(State.SUBMITTED, crew)
    for hour, minute, number in ((7, 0, 0), (8, 29, 0), (8, 31, 2), (8, 46, 4), (20, 0, 4)):
        with clock.set_to(clock.now().replace(day=25, hour=hour, minute=minute)):
            found = delivery_alarm()
        assert (found.number if found else 0) == number, hour
    OpeningHours.objects.all().delete()
    with clock.set_to(clock.now().replace(hour=20, minute=1)):
        found = delivery_alarm()
    assert found is not None
    assert found.number == 2, "without working hours, every hour counts"


def test_resending_asks_a_worker(crew: Staff, django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    case_at(State.SUBMITTED, crew)
    Message.objects.update(status="FAILED", reason="Server surel menolak pesan ini (kode 554).")
    asked = default_task_backend.results  # type: ignore[attr-defined]  # dummy backend
    before = len(asked)
    with django_capture_on_commit_callbacks(execute=True):
        assert send_again(Message.objects.earliest("pk"), by=crew.pkd)
    assert [result.task.priority for result in asked[before:]] == [10]


def test_a_step_asks_a_worker_only_if_it_has_messages_to_deliver(
    staff: Staff, known_mail: None, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    asked = default_task_backend.results  # type: ignore[attr-defined]  # dummy backend
    for details, number in (({"email": ""}, 0), ({}, 1)):
        before = len(asked)
        with django_capture_on_commit_callbacks(execute=True):
            case_at(State.SUBMITTED, staff, **details)
        assert [result.task for result in asked[before:]].count(deliver_messages) == number
    assert Message.objects.count() == 1


def test_a_message_about_an_appointment_is_due_before_it(staff: Staff, client_of: ClientOf) -> None:
    Office.objects.update(message_hours=100)
    case = case_at(State.SCHEDULED, staff, email="")
    starts = case.sessions.get().starts_at
    assert starts
    client = client_of(staff.sekretariat)
    when = date_format(timezone.localtime(starts), "SHORT_DATETIME_FORMAT")
    assert f"Kirim sampai {when}" in client.get("/pesan/").text
    with clock.set_to(starts + dt.timedelta(minutes=1)):
        assert f"Terlambat: sampai {when}" in client.get("/pesan/").text
