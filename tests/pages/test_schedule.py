"""The schedule for its applicant: shown, as calendar file, changed on request; the answer of the office."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from consultations.enums import State
from consultations.intake import services as intake_services
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.queries import current_session
from kit.refusal import Refused
from office.models import Office
from tests.factories import ClientOf, Staff, applicant, case_at, free_moment, walk_in_at, working_moment
from tests.many_cases import copies_of
from tests.shared_data import each

CASE_PAGE, DESK = 8, 10
"""Queries of an officer's page of a case and desk, whatever was asked."""


@pytest.fixture
def case(staff: Staff) -> Case:
    return case_at(State.SCHEDULED, staff)


def ask(case: Case, days: int = 6, reason: str = "Ada musyawarah desa.") -> dt.datetime:
    wished = working_moment(days, hour=10)
    scheduling_services.ask_time(case, by=applicant(case), starts_at=wished, reason=reason)
    return wished


def page(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def follow(case: Case) -> str:
    return page(Client(), f"/p/{case.secret}/")


def entry(answer: Any) -> Any:
    """The one event of a calendar file that was answered."""
    assert answer.status_code == 200
    calendar = Calendar.from_ical(answer.content)
    assert calendar["METHOD"] == "PUBLISH"
    (event,) = calendar.walk("VEVENT")
    return event


def calendar_file(case: Case) -> Any:
    return Client().get(f"/p/{case.secret}/jadwal.ics")


def test_the_calendar_file_holds_time_and_place(case: Case, client: Client) -> None:
    session = current_session(case)
    assert session
    assert session.starts_at
    scheduling_services.reschedule(
        case,
        by=session.officer,
        reason="Ruang penuh.",
        starts_at=session.starts_at,
        minutes=60,
        place="Ruang Melati; lantai 2, sayap kiri",
    )
    event = entry(calendar_file(case))
    assert event["UID"] == f"{case.code}@rembuk"
    assert event["DTSTART"].dt == session.starts_at
    assert event["DTEND"].dt == session.starts_at + dt.timedelta(minutes=60)
    assert event["LOCATION"] == "Ruang Melati; lantai 2, sayap kiri, Jl. Contoh No. 1"
    assert event["SUMMARY"] == f"Konsultasi Dinas Contoh, {case.code}"
    assert event["DESCRIPTION"] == f"Kode lacak: {case.code}\nTelepon kantor: 0717000000"
    assert event.walk("VALARM")[0]["TRIGGER"].dt == -dt.timedelta(days=1)


def test_the_calendar_file_of_a_video_meeting_has_its_link(staff: Staff) -> None:
    case = case_at(State.PREPARED, staff)
    link = "https://rapat.example/abc"
    scheduling_services.schedule(
        case, by=staff.petugas, starts_at=free_moment(staff.petugas), mode="ONLINE", link=link, note="x"
    )
    event = entry(calendar_file(case))
    assert (event["LOCATION"], event["URL"]) == (link, link)


def test_the_calendar_file_has_no_case_content(case: Case) -> None:
    answer = calendar_file(case)
    text = answer.content.decode().replace("\r\n ", "")
    for word in (case.subject, case.material, case.applicant_name, case.organisation, case.secret):
        assert word not in text
    assert str(case.phone) not in text
    assert "petugas" not in text.lower()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert answer["Content-Disposition"] == f'attachment; filename="jadwal-{case.code}.ics"'
    assert "no-store" in answer["Cache-Control"]


def test_each_new_time_replaces_the_one_before(staff: Staff, case: Case) -> None:
    seen = [entry(calendar_file(case))]
    scheduling_services.reschedule(case, by=staff.petugas, reason="Sakit.", starts_at=working_moment(7))
    seen.append(entry(calendar_file(case)))
    scheduling_services.no_show(case, by=staff.petugas, note="Tidak datang.")
    scheduling_services.schedule(case, by=staff.petugas, starts_at=working_moment(8))
    seen.append(entry(calendar_file(case)))
    assert {event["UID"] for event in seen} == {f"{case.code}@rembuk"}
    assert [event["SEQUENCE"] for event in seen] == [0, 1, 2]
    assert seen[2]["DTSTART"].dt == working_moment(8)


def test_no_schedule_no_file(staff: Staff, case: Case, client_of: ClientOf) -> None:
    nothing = [case_at(State.PREPARED, staff), case_at(State.HELD, staff), walk_in_at(State.ASSIGNED, staff)]
    intake_services.withdraw(case, by=applicant(case), reason="Sudah selesai.")
    for other in (*nothing, case):
        assert calendar_file(other).status_code == 404
        assert client_of(staff.pkd).get(f"/permohonan/{other.code}/jadwal.ics").status_code == 404
        assert "jadwal.ics" not in follow(other)
        assert "jadwal.ics" not in page(client_of(staff.pkd), f"/permohonan/{other.code}/")


def test_the_file_costs_little(
    staff: Staff, case: Case, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):  # case, its sessions, office, audit log
        calendar_file(case)
    officer = client_of(staff.petugas)
    with django_assert_num_queries(5):  # session, user too
        event = entry(officer.get(f"/permohonan/{case.code}/jadwal.ics"))
    assert event["UID"] == f"{case.code}@rembuk"


def test_a_map_shows_the_way_to_the_office_only(staff: Staff, case: Case) -> None:
    assert "Lihat peta" not in follow(case)
    Office.objects.update(map_url="https://peta.example/kantor")
    assert 'href="https://peta.example/kantor"' in follow(case)
    assert 'href="https://peta.example/kantor"' in page(Client(), "/")
    scheduling_services.reschedule(
        case,
        by=staff.petugas,
        reason="Di desa.",
        starts_at=working_moment(7),
        mode="ELSEWHERE",
        place="Balai desa",
    )
    assert "peta.example" not in follow(case)


def test_each_note_on_the_schedule_says_what_it_is(staff: Staff) -> None:
    case = case_at(State.PREPARED, staff)
    scheduling_services.schedule(case, by=staff.petugas, starts_at=working_moment(5), note="Bawa KK.")
    assert '<dt>Pesan petugas</dt> <dd class="typed">Bawa KK.</dd>' in follow(case)
    scheduling_services.reschedule(
        case, by=staff.petugas, reason="Petugas sakit.", starts_at=working_moment(6)
    )
    text = follow(case)
    assert '<dt>Mengapa jadwal diubah</dt> <dd class="typed">Petugas sakit.</dd>' in text
    assert "Bawa KK." in text
    ask(case)
    scheduling_services.keep_time(case, by=staff.petugas, reason="Hari lain penuh.")
    text = follow(case)
    assert '<dt>Mengapa jadwal tetap</dt> <dd class="typed">Hari lain penuh.</dd>' in text
    assert "Anda meminta waktu lain" not in text
    ask(case)
    assert "Hari lain penuh." not in follow(case)
    scheduling_services.no_show(case, by=staff.petugas, note="Tidak datang.")
    scheduling_services.schedule(case, by=staff.petugas, starts_at=working_moment(9))
    assert "Petugas sakit." not in follow(case)


def test_an_applicant_asks_for_another_time_and_sees_it_pending(case: Case) -> None:
    address = f"/p/{case.secret}/ask_time/"
    form = page(Client(), address)
    assert "Jadwal Anda sekarang" in form
    assert f"{timezone.localtime(case.sessions.get().starts_at):%H.%M}–" in form
    wished = working_moment(6, hour=10)
    typed = {"version": case.version, "starts_at": f"{wished:%Y-%m-%dT%H:%M}", "reason": "Ada musyawarah."}
    answer = Client().post(address, typed)
    assert answer["Location"] == f"/p/{case.secret}/"
    case.refresh_from_db()
    assert case.other_time == wished
    text = follow(case)
    assert "Anda meminta waktu lain" in text
    assert "pukul 10.00 WIB" in text
    assert "Jadwal semula berlaku sampai petugas menjawab." in text
    assert "Permintaan yang baru menggantikannya." in page(Client(), address)


def test_the_present_time_is_no_other_time(case: Case) -> None:
    address, present = f"/p/{case.secret}/ask_time/", case.sessions.get().starts_at
    assert present
    chosen = f"{timezone.localtime(present):%Y-%m-%dT%H:%M}"
    assert f'value="{chosen}"' not in page(Client(), address)
    answer = Client().post(address, {"version": case.version, "starts_at": chosen, "reason": "Lain."})
    assert answer.status_code == 422
    with pytest.raises(Refused, match="Ini waktu jadwal Anda sekarang") as refusal:
        scheduling_services.ask_time(case, by=applicant(case), starts_at=present, reason="Lain.")
    assert refusal.value.field == "starts_at"
    case.refresh_from_db()
    assert case.other_time is None


def test_no_other_time_once_the_time_has_come(case: Case) -> None:
    session = current_session(case)
    assert session
    assert session.starts_at
    assert session.ends_at
    session.starts_at, session.ends_at = (
        m - dt.timedelta(days=30) for m in (session.starts_at, session.ends_at)
    )
    session.save()
    typed = {
        "version": case.version,
        "starts_at": f"{working_moment(6, 10):%Y-%m-%dT%H:%M}",
        "reason": "Lain.",
    }
    answer = Client().post(f"/p/{case.secret}/ask_time/", typed)
    assert answer.status_code == 409
    assert "Waktu konsultasi sudah tiba." in answer.content.decode()


def test_the_officer_finds_the_wish_on_the_desk(staff: Staff, case: Case, client_of: ClientOf) -> None:
    ask(case)
    panel = page(client_of(staff.petugas), "/meja/").split('id="waktu-lain"')[1].split("</section>")[0]
    for verb in ("reschedule", "keep_time"):
        assert f'data-verb="{verb}" href="/permohonan/{case.code}/{verb}/"' in panel
    for other in (staff.other_petugas, staff.companion, staff.kabid, staff.kadis, staff.pkd):
        assert 'id="waktu-lain"' not in page(client_of(other), "/meja/")
    scheduling_services.keep_time(case, by=staff.petugas, reason="Penuh.")
    assert 'id="waktu-lain"' not in page(client_of(staff.petugas), "/meja/")


@each("count", [1, 12])
def test_wishes_cost_the_same_for_one_and_for_twelve(
    count: int, staff: Staff, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Office.objects.update(visitors_at_once=20)
    case = case_at(State.SCHEDULED, staff)
    ask(case)
    copies_of(case, count - 1)
    officer = client_of(staff.petugas)
    with django_assert_num_queries(DESK):
        desk = page(officer, "/meja/")
    assert desk.split('id="waktu-lain"')[1].split("</section>")[0].count("data-case=") == min(count, 10)
    with django_assert_num_queries(CASE_PAGE):
        text = page(officer, f"/permohonan/{case.code}/")
    assert "Ada musyawarah desa." in text.split('id="waktu-lain"')[1].split("</section>")[0]
    assert f'href="/permohonan/{case.code}/jadwal.ics"' in text


def test_rescheduling_begins_with_the_wished_time(staff: Staff, case: Case, client_of: ClientOf) -> None:
    wished, officer = ask(case), client_of(staff.petugas)
    form = page(officer, f"/permohonan/{case.code}/reschedule/")
    assert f'value="{wished:%Y-%m-%dT%H:%M}"' in form
    assert f'href="/permohonan/{case.code}/keep_time/"' in form
    keep = page(officer, f"/permohonan/{case.code}/keep_time/")
    assert f'href="/permohonan/{case.code}/reschedule/"' in keep
    scheduling_services.reschedule(case, by=staff.petugas, reason="Sesuai permintaan.", starts_at=wished)
    text = follow(case)
    assert "Sesuai permintaan." in text
    assert "Anda meminta waktu lain" not in text
    assert "keep_time" not in page(officer, f"/permohonan/{case.code}/reschedule/")


def test_what_is_not_due_is_moved_to_now(staff: Staff, case: Case, client_of: ClientOf) -> None:
    officer, session = client_of(staff.petugas), current_session(case)
    assert session
    for address in ("/meja/", f"/permohonan/{case.code}/"):
        text = page(officer, address)
        assert 'data-verb="start"' not in text
        assert "Dapat dimulai dari" in text
        assert f'href="/permohonan/{case.code}/reschedule/?now=1"' in text
        assert "Dapat dimulai" not in page(client_of(staff.kadis), address)
    refused = officer.get(f"/permohonan/{case.code}/start/")
    assert (refused.status_code, "lewat “Jadwalkan ulang”" in refused.text) == (409, True)
    assert f'href="/permohonan/{case.code}/reschedule/?now=1"' in refused.text
    form = officer.get(f"/permohonan/{case.code}/reschedule/?now=1").context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    answer = officer.post(f"/permohonan/{case.code}/reschedule/", {"version": case.version, **typed})
    assert answer.status_code == 302, answer.content.decode()
    assert 'data-verb="start"' in page(officer, "/meja/")


def test_who_asks_for_another_time_reads_how_the_present_one_is_held(staff: Staff) -> None:
    link = "https://rapat.example/abc"
    ways: dict[str, dict[str, Any]] = {
        f'<a href="{link}" rel="noreferrer">': {"mode": "ONLINE", "link": link},
        "Petugas menelepon nomor yang Anda berikan.": {"mode": "PHONE"},
    }
    for hour, (words, more) in zip((9, 13), ways.items(), strict=True):
        case = case_at(State.PREPARED, staff)
        scheduling_services.schedule(case, by=staff.petugas, starts_at=working_moment(5, hour), **more)
        assert words in page(Client(), f"/p/{case.secret}/ask_time/")


def test_a_step_leaves_no_record_of_before_it_on_the_case(staff: Staff, case: Case) -> None:
    first = current_session(case)
    starts_at = working_moment(9)
    scheduling_services.reschedule(case, by=staff.petugas, reason="Rapat.", starts_at=starts_at)
    second = current_session(case)
    assert second
    assert second != first
    assert second.starts_at == starts_at
