"""The schedule for its applicant: shown, as calendar file, changed on request; the answer of the office."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from icalendar import Calendar

from consultations.enums import ComplaintKind, Kind, State
from consultations.intake import services as intake_services
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.queries import current_session
from desk.case_parts import PARTS
from kit import clock
from kit.refusal import Refused
from office.models import Office
from tests.case_page import read_all
from tests.factories import Staff, applicant, case_at, client_of, walk_in_at, working_moment
from tests.many_cases import copies_of
from tests.submitting import assert_says

CASE_PAGE, DESK = 11, 10
"""Queries of an officer's page of a case and desk, whatever was asked."""


@pytest.fixture
def case(staff: Staff) -> Case:
    return case_at(State.SCHEDULED, staff)


def ask(case: Case, days: int = 6, reason: str = "Ada musyawarah desa.") -> dt.datetime:
    wished = working_moment(days, hour=10)
    scheduling_services.ask_time(case, by=applicant(case), starts_at=wished, reason=reason)
    return wished


def move(case: Case, days: int, reason: str = "Petugas sakit.", **more: Any) -> None:
    by = case.sessions.earliest("pk").officer
    scheduling_services.reschedule(case, by=by, reason=reason, starts_at=working_moment(days), **more)


def page(client: Client, address: str) -> str:
    return " ".join(client.get(address).text.split())


def follow(case: Case, rest: str = "") -> str:
    return page(Client(), f"/p/{case.secret}/{rest}")


def panel(client: Client, address: str = "/meja/") -> str:
    """Return the wish for another time as a page of the office shows it."""
    return page(client, address).partition('id="waktu-lain"')[2].partition("</section>")[0]


def times(case: Case) -> tuple[dt.datetime, dt.datetime]:
    """Return when the current session starts and ends."""
    session = current_session(case)
    assert session
    assert session.starts_at
    assert session.ends_at
    return session.starts_at, session.ends_at


def entry(answer: Any) -> Any:
    """The one event of a calendar file that was answered."""
    assert answer.status_code == 200
    calendar = Calendar.from_ical(answer.content)
    assert calendar["METHOD"] == "PUBLISH"
    (event,) = calendar.walk("VEVENT")
    return event


def calendar_file(case: Case) -> Any:
    return Client().get(f"/p/{case.secret}/jadwal.ics")


def test_the_calendar_file_holds_time_and_place_and_no_case_content(case: Case, staff: Staff) -> None:
    moment, place = times(case)[0], "Ruang Melati; lantai 2, sayap kiri"
    more: dict[str, Any] = {"reason": "Ruang penuh.", "minutes": 60, "place": place}
    scheduling_services.reschedule(case, by=staff.petugas, starts_at=moment, **more)
    answer = calendar_file(case)
    event = entry(answer)
    assert event["UID"] == f"{case.code}@rembuk"
    assert event["DTSTART"].dt == moment
    assert event["DTEND"].dt == moment + dt.timedelta(minutes=60)
    assert event["LOCATION"] == f"{place}, Jl. Contoh No. 1"
    assert event["SUMMARY"] == f"Konsultasi Dinas Contoh, {case.code}"
    assert event["DESCRIPTION"] == f"Kode lacak: {case.code}\nTelepon kantor: 0717000000"
    assert event.walk("VALARM")[0]["TRIGGER"].dt == -dt.timedelta(days=1)
    text = answer.text.replace("\r\n ", "")
    secrets = (case.subject, case.material, case.applicant_name, case.organisation, case.secret)
    for word in (*secrets, str(case.phone)):
        assert word not in text
    assert "petugas" not in text.lower()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert answer["Content-Disposition"] == f'attachment; filename="jadwal-{case.code}.ics"'
    assert "no-store" in answer["Cache-Control"]
    link = "https://rapat.example/abc"
    move(case, 7, mode="ONLINE", link=link)
    event = entry(calendar_file(case))
    assert (event["LOCATION"], event["URL"]) == (link, link)


def test_each_new_time_replaces_the_one_before(staff: Staff, case: Case) -> None:
    first, seen = current_session(case), [entry(calendar_file(case))]
    move(case, 7)
    second = current_session(case)
    assert second
    assert (second != first, second.starts_at) == (True, working_moment(7)), "no record of before the step"
    seen.append(entry(calendar_file(case)))
    scheduling_services.no_show(case, by=staff.petugas, note="Tidak datang.")
    scheduling_services.schedule(case, by=staff.petugas, starts_at=working_moment(8))
    seen.append(entry(calendar_file(case)))
    assert {event["UID"] for event in seen} == {f"{case.code}@rembuk"}
    assert [event["SEQUENCE"] for event in seen] == [0, 1, 2]
    assert seen[2]["DTSTART"].dt == working_moment(8)


def test_no_schedule_no_file(staff: Staff, case: Case) -> None:
    nothing = [case_at(State.PREPARED, staff), case_at(State.HELD, staff), walk_in_at(State.ASSIGNED, staff)]
    intake_services.withdraw(case, by=applicant(case), reason="Sudah selesai.")
    for other in (*nothing, case):
        assert calendar_file(other).status_code == 404
        assert client_of(staff.pkd).get(f"/permohonan/{other.code}/jadwal.ics").status_code == 404
        assert "jadwal.ics" not in follow(other)
        assert "jadwal.ics" not in page(client_of(staff.pkd), f"/permohonan/{other.code}/")


def test_file_queries(staff: Staff, case: Case, at_most_queries: Any) -> None:
    with at_most_queries(4):  # case, its sessions, office, audit log
        calendar_file(case)
    officer = client_of(staff.petugas)
    with at_most_queries(5):  # session, user too
        event = entry(officer.get(f"/permohonan/{case.code}/jadwal.ics"))
    assert event["UID"] == f"{case.code}@rembuk"


def test_each_note_on_the_schedule_says_what_it_is(staff: Staff) -> None:
    case = case_at(State.PREPARED, staff)
    scheduling_services.schedule(case, by=staff.petugas, starts_at=working_moment(5), note="Bawa KK.")
    assert '<dt>Pesan petugas</dt> <dd class="typed">Bawa KK.</dd>' in follow(case)
    move(case, 6)
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


def post_wish(case: Case, moment: dt.datetime) -> Any:
    typed = {"starts_at": f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}", "reason": "Ada musyawarah."}
    return Client().post(f"/p/{case.secret}/ask_time/", {"version": case.version, **typed})


def test_an_applicant_asks_for_another_time_and_sees_it_pending(case: Case) -> None:
    form = follow(case, "ask_time/")
    assert f"{timezone.localtime(times(case)[0]):%H.%M}–" in form
    wished = working_moment(6, hour=10)
    assert post_wish(case, wished)["Location"] == f"/p/{case.secret}/"
    case.refresh_from_db()
    assert case.other_time == wished
    for shown in ("Anda meminta waktu lain", "pukul 10.00 WIB", "berlaku sampai petugas menjawab."):
        assert shown in follow(case)


def test_the_present_time_or_one_after_it_is_no_other_time(case: Case) -> None:
    present, end = times(case)
    assert f'value="{timezone.localtime(present):%Y-%m-%dT%H:%M}"' not in follow(case, "ask_time/")
    assert post_wish(case, present).status_code == 422
    with pytest.raises(Refused, match="Ini waktu jadwal Anda sekarang") as refusal:
        scheduling_services.ask_time(case, by=applicant(case), starts_at=present, reason="Lain.")
    assert refusal.value.field == "starts_at"
    month = dt.timedelta(days=30)
    case.sessions.update(starts_at=present - month, ends_at=end - month)
    assert_says(post_wish(case, working_moment(6, 10)), 409, "Waktu konsultasi sudah tiba.")
    case.refresh_from_db()
    assert case.other_time is None


def test_the_officer_finds_the_wish_on_the_desk(staff: Staff, case: Case) -> None:
    ask(case)
    link = f'data-verb="reschedule" href="/permohonan/{case.code}/reschedule/"'
    assert link in page(client_of(staff.petugas), "/meja/")
    for other in (staff.other_petugas, staff.companion, staff.kabid, staff.kadis, staff.pkd):
        assert link not in page(client_of(other), "/meja/")
    scheduling_services.keep_time(case, by=staff.petugas, reason="Penuh.")
    assert link not in page(client_of(staff.petugas), "/meja/")


def test_wishes_cost_no_more(staff: Staff, case: Case, at_most_queries: Any) -> None:
    Office.objects.update(visitors_at_once=20)
    ask(case)
    copies_of(case, 11)
    officer, address = client_of(staff.petugas), f"/permohonan/{case.code}/"
    with at_most_queries(DESK):
        assert page(officer, "/meja/").count('data-verb="reschedule"') == 12
    with at_most_queries(CASE_PAGE):
        assert "Ada musyawarah desa." in panel(officer, address)
    assert f'href="{address}jadwal.ics"' in read_all(officer, case)


def test_rescheduling_begins_with_the_wished_time(staff: Staff, case: Case) -> None:
    wished, officer, address = ask(case), client_of(staff.petugas), f"/permohonan/{case.code}/"
    form = page(officer, f"{address}reschedule/")
    assert f'value="{wished:%Y-%m-%dT%H:%M}"' in form
    assert f'href="{address}keep_time/"' in form
    assert "Atas permintaan pemohon.</textarea>" in form
    assert f'href="{address}reschedule/"' in page(officer, f"{address}keep_time/")
    scheduling_services.reschedule(case, by=staff.petugas, reason="Sesuai permintaan.", starts_at=wished)
    assert "Sesuai permintaan." in follow(case)
    assert "Anda meminta waktu lain" not in follow(case)
    assert "keep_time" not in page(officer, f"{address}reschedule/")


def test_only_a_move_that_was_asked_for_opens_with_a_reason(staff: Staff, case: Case) -> None:
    officer, address = client_of(staff.petugas), f"/permohonan/{case.code}/reschedule/"
    assert "Atas permintaan" not in page(officer, address)
    ask(case)
    assert "Atas permintaan" not in page(officer, f"{address}?now=1"), "that is not the time asked for"


def test_what_is_not_due_is_moved_to_now(staff: Staff, case: Case) -> None:
    officer, address = client_of(staff.petugas), f"/permohonan/{case.code}/"
    now = f"{address}reschedule/?now=1"
    for shown in ("/meja/", address):
        text = page(officer, shown)
        assert 'data-verb="start"' not in text
        assert "Dapat dimulai dari" in text
        assert f'href="{now}"' in text
        assert "Dapat dimulai" not in page(client_of(staff.kadis), shown)
    refused = officer.get(f"{address}start/")
    assert_says(refused, 409, "lewat “Jadwalkan ulang”")
    assert f'href="{now}"' in refused.text
    form = officer.get(now).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert "reason" not in typed, "the applicant reads what the officer writes"
    typed |= {"version": case.version, "reason": "Pemohon sudah siap.", "closed_reason": "Uji"}
    answer = officer.post(f"{address}reschedule/", typed)
    assert answer.status_code == 302, answer.text
    assert 'data-verb="start"' in page(officer, "/meja/")


def test_a_moved_session_is_not_called_cancelled_and_stands_in_the_order_of_time(
    staff: Staff, case: Case
) -> None:
    for days in (12, 6):
        move(case, days=days)
    early, late, current = case.sessions.order_by("pk")
    content = PARTS["konsultasi"].read(staff.petugas, case, list(case.history.all()))
    assert content["rows"] == [early, current, late]
    text = read_all(client_of(staff.petugas), case)
    shown = text.partition('id="konsultasi"')[2].partition("</ol>")[0]
    assert (shown.count("Dipindahkan"), "Dibatalkan" in shown) == (2, False)


def test_a_case_that_is_moved_is_not_late_at_once(staff: Staff, case: Case) -> None:
    move(case, days=6)
    assert case.due_at == case.planned_at == working_moment(6)
    closed = "Pemohon sudah di sini."
    scheduling_services.reschedule(
        case, by=staff.petugas, reason="Pemohon datang.", starts_at=None, closed_reason=closed
    )
    assert "Lewat batas waktu" not in page(client_of(staff.petugas), f"/permohonan/{case.code}/")
    with clock.set_to(clock.now() + dt.timedelta(minutes=31)):
        assert "Lewat batas waktu" in page(client_of(staff.petugas), f"/permohonan/{case.code}/")


def test_a_case_that_is_late_by_law_says_that_it_is_scheduled(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff, kind=Kind.COMPLAINT)
    passed = {"complaint_kind": ComplaintKind.SUPERVISION, "answer_due": clock.today() - dt.timedelta(days=3)}
    Case.objects.filter(pk=case.pk).update(**passed)
    case.refresh_from_db()
    move(case, days=6)
    assert case.is_late
    planned, officer = timezone.localtime(case.planned_at), client_of(staff.petugas)
    row = page(officer, "/meja/").partition(f'data-case="{case.code}"')[2]
    assert "Lewat janji 3 hari" in row
    assert f"dijadwalkan {date_format(planned, 'D j M')}, {planned:%H.%M}" in row
    for address in ("/permohonan/", f"/permohonan/{case.code}/"):
        assert f"dijadwalkan {date_format(planned, 'DATETIME_FORMAT')}" in page(officer, address), address


def test_a_map_shows_the_way_to_the_office_only(case: Case) -> None:
    assert "Lihat peta" not in follow(case)
    Office.objects.update(map_url="https://peta.example/kantor")
    assert 'href="https://peta.example/kantor"' in follow(case)
    assert 'href="https://peta.example/kantor"' in page(Client(), "/")
    move(case, 7, mode="ELSEWHERE", place="Balai desa")
    assert "peta.example" not in follow(case)


def test_who_asks_for_another_time_reads_how_the_present_one_is_held(case: Case) -> None:
    link = "https://rapat.example/abc"
    move(case, 5, mode="ONLINE", link=link)
    assert f'<a href="{link}" rel="noreferrer">' in follow(case, "ask_time/")
    move(case, 8, mode="PHONE")
    assert "Petugas menelepon nomor yang Anda berikan." in follow(case, "ask_time/")
