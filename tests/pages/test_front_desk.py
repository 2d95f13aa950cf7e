"""The front desk: today's guests, who of them came, who waits and for whom. The applicant's answer before."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from consultations.audit.models import Act, AuditEntry
from consultations.enums import State
from consultations.models import Case
from consultations.scheduling import services
from consultations.scheduling.arrivals import confirm, note_arrival
from consultations.scheduling.models import Absence, Session
from kit import clock
from kit.refusal import Refused
from office.models import Office
from reports.statistics.board import get_board
from tests.factories import WAY, Staff, case_at, client_of, prepared_by, walk_in_at
from tests.shared_data import each
from tests.submitting import assert_says

PLANNED = dt.datetime(2026, 11, 25, 3, tzinfo=dt.UTC)
"""Wednesday, 10.00 in the office's zone. Every test says what time it is."""


def planned(staff: Staff, *, minutes: int = 30) -> Session:
    """Return the session of a case at the office, PLANNED."""
    case = prepared_by(staff.petugas, staff)
    services.schedule(case, by=staff.petugas, starts_at=PLANNED, minutes=minutes)
    return case.sessions.get()


def at(minutes: int) -> Any:
    """Let it be so many minutes after the planned time."""
    return clock.set_to(PLANNED + dt.timedelta(minutes=minutes))


@pytest.fixture
def session(staff: Staff) -> Session:
    with at(-180):
        return planned(staff)


@each(
    "minutes, arrival, waits_since, says",
    [
        (-10, "CAME", -10, "Datang 09.50"),
        (5, "CAME", 0, "Datang 10.00"),
        (12, "LATE", 12, "Terlambat 12 menit"),
        (25, "ABSENT", None, "Tidak hadir"),
    ],
)
def test_one_tap_notes_if_a_guest_came(
    minutes: int, arrival: str, waits_since: int | None, says: str, session: Session, staff: Staff
) -> None:
    client = client_of(staff.sekretariat)
    with at(minutes):
        answer = client.post(f"/meja-depan/{session.pk}/kedatangan/", {"arrival": arrival}, follow=True)
        session.refresh_from_db()
        came = waits_since is not None and PLANNED + dt.timedelta(minutes=waits_since)
        assert (session.arrived_at or False, session.arrival_by) == (came, staff.sekretariat)
        assert says in " ".join(answer.text.split())
        assert ('id="loket"' in answer.text) == (arrival != "ABSENT")
        assert session.case.code in client_of(staff.petugas).get("/meja/").text
        own = client_of(staff.petugas)
        pages = (own.get("/meja/"), own.get(f"/permohonan/{session.case.code}/"))
        assert [says in " ".join(page.text.split()) for page in pages] == [True, True]
    (entry,) = AuditEntry.objects.filter(act=Act.ARRIVAL)
    assert (entry.user, entry.case, entry.target) == (
        staff.sekretariat,
        session.case,
        str(Session.Arrival(arrival).label),
    )


def test_a_wrong_tap_is_changed_and_both_are_recorded(session: Session, staff: Staff) -> None:
    with at(5):
        note_arrival(session, by=staff.sekretariat, arrival="ABSENT")
        note_arrival(session, by=staff.sekretariat, arrival="")
    session.refresh_from_db()
    assert (session.arrival, session.arrived_at, session.arrival_by) == ("", None, None)
    entries = AuditEntry.objects.filter(act=Act.ARRIVAL).order_by("pk")
    assert [entry.target for entry in entries] == ["Tidak hadir", "belum datang"]


@each(
    "minutes, arrival, sentence",
    [
        (-24 * 60, "CAME", "pada hari janjinya"),
        (24 * 60, "CAME", "pada hari janjinya"),
        (-1, "LATE", "belum lewat"),
        (-1, "ABSENT", "masih dapat datang"),
        (6 * 60 + 1, "CAME", "sudah tutup"),
    ],
)
def test_an_arrival_that_cannot_be_is_refused(
    minutes: int, arrival: str, sentence: str, session: Session, staff: Staff
) -> None:
    with at(minutes), pytest.raises(Refused, match=sentence):
        note_arrival(session, by=staff.sekretariat, arrival=arrival)
    session.refresh_from_db()
    assert not session.arrival
    assert not AuditEntry.objects.filter(act=Act.ARRIVAL).exists()


@each("mode", [mode for mode in Session.Mode if mode != Session.Mode.OFFICE])
def test_only_guests_of_the_office_arrive(mode: str, session: Session, staff: Staff) -> None:
    session.mode = mode
    with at(0), pytest.raises(Refused, match="janji temu di kantor"):
        note_arrival(session, by=staff.sekretariat, arrival="CAME")


@each(
    "minutes, offered", [(-1, (True, False)), (0, (True, True)), (360, (True, True)), (361, (False, False))]
)
def test_no_guest_is_absent_before_the_time_and_after_closing_no_button_is_offered(
    minutes: int, offered: tuple[bool, bool], session: Session, staff: Staff
) -> None:
    with at(minutes):
        page = client_of(staff.sekretariat).get("/meja-depan/").text
    assert ('name="arrival"' in page, 'value="ABSENT"' in page) == offered


def test_the_counter_names_the_field_that_is_missing(staff: Staff) -> None:
    answer = client_of(staff.sekretariat).post("/datang-langsung/", {"applicant_name": "Siti Contoh"})
    assert_says(answer, 422, "Tulis keperluannya dalam satu kalimat pendek.")


def test_nobody_else_notes_arrivals_and_a_consultation_that_has_begun_needs_none(
    session: Session, staff: Staff
) -> None:
    with at(0):
        with pytest.raises(PermissionDenied):
            note_arrival(session, by=staff.petugas, arrival="CAME")
        services.start(session.case, by=staff.petugas)
        with pytest.raises(Refused, match="sudah dimulai"):
            note_arrival(session, by=staff.sekretariat, arrival="ABSENT")


def test_who_waits_longest_stands_first_with_what_the_officer_does(session: Session, staff: Staff) -> None:
    with at(-30):
        walk_in = walk_in_at(State.ASSIGNED, staff)
        client = client_of(staff.sekretariat)
    with at(0):
        note_arrival(session, by=staff.sekretariat, arrival="CAME")
        waiting = client.get("/meja-depan/").context["front_desk"].waiting
        assert [(one.case, one.words, str(one.officer_is)) for one in waiting] == [
            (walk_in, "30 menit", "kosong 10.30"),
            (session.case, "0 menit", "kosong sekarang"),
        ], "the present half hour is kept for the guest who has it"
        WAY[State.IN_SESSION](walk_in, staff)
        (left,) = client.get("/meja-depan/").context["front_desk"].waiting
        assert (left.case, str(left.officer_is)) == (session.case, "sedang konsultasi")
        day = {"starts_at": PLANNED, "ends_at": PLANNED + dt.timedelta(hours=1), "reason": "SICK"}
        Absence.objects.create(person=staff.petugas, entered_by=staff.kabid, **day)
        (left,) = client.get("/meja-depan/").context["front_desk"].waiting
        assert str(left.officer_is) == "berhalangan"


@each("address", ["/meja/", "/meja-depan/"])
def test_after_hours_nobody_is_free_now(address: str, session: Session, staff: Staff) -> None:
    with at(0):
        note_arrival(session, by=staff.sekretariat, arrival="CAME")
    with at(8 * 60):  # 18.00
        queue = client_of(staff.sekretariat).get(address).text.partition('id="loket"')[2]
        assert "Petugas: Petugas, kosong Kam 26 Nov, 07.30" in queue.partition("</section>")[0]


def test_a_walk_in_stays_among_todays_guests_while_served_and_after(session: Session, staff: Staff) -> None:
    client = client_of(staff.sekretariat)
    with at(-60):
        walk_in = walk_in_at(State.ASSIGNED, staff)
        for state in (State.IN_SESSION, State.HELD):
            WAY[state](walk_in, staff)
            page = client.get("/meja-depan/")
            guests = page.context["front_desk"].today
            assert [one.case for one in guests] == [session.case, walk_in], state
            shown = page.text.partition(f'data-guest="{guests[1].pk}"')[2].partition("</li>")[0]
            began = timezone.localtime(guests[1].started_at).strftime("%H.%M")
            assert all(words in shown for words in (f">{began}</time>", "Tanpa janji", f"Dilayani {began}"))
    with at(24 * 60):
        assert not client.get("/meja-depan/").context["front_desk"].today


def test_the_page_says_who_of_the_officers_is_free_next(session: Session, staff: Staff) -> None:
    def shown() -> list[tuple[str, str]]:
        panel = client_of(staff.sekretariat).get("/meja-depan/").text.partition("data-next-free")[2]
        rows = re.findall(r"<b>([^<]+)</b>(.*?)</li>", panel.partition("</section>")[0], re.DOTALL)
        return [(name, " ".join(re.sub("<[^>]+>", " ", text).split())) for name, text in rows]

    away = {"starts_at": PLANNED, "ends_at": PLANNED + dt.timedelta(hours=1), "reason": "SICK"}
    with at(-180):  # 07.00
        assert ("Kabid", "SOS 07.30") in shown(), "the office is closed"
    with at(5):
        Absence.objects.create(person=staff.other_petugas, entered_by=staff.kabid, **away)
        rows = shown()
        assert ("Kabid", "SOS sekarang") in rows
        assert ("Petugas", "SOS 10.30") in rows, "the present half hour is reserved"
        assert rows[-1][0] == "Other Petugas"
        assert rows[-1][1].startswith("SOS Sakit s.d.")
        assert rows.index(("Kabid", "SOS sekarang")) < rows.index(("Petugas", "SOS 10.30"))
        walk_in = walk_in_at(State.ASSIGNED, staff, officer=staff.kabid)
        services.start(walk_in, by=staff.kabid)
        assert ("Kabid", "SOS · sedang konsultasi 10.30") in shown()


def test_a_consultation_that_was_never_finished_is_not_running_the_next_day(
    session: Session, staff: Staff
) -> None:
    with at(-20 * 60):  # the day before, 14.00
        forgotten = walk_in_at(State.ASSIGNED, staff, officer=staff.petugas)
        services.start(forgotten, by=staff.petugas)
    with at(-30):
        note_arrival(session, by=staff.sekretariat, arrival="CAME")
        page = client_of(staff.sekretariat).get("/meja-depan/")
        (waiting,) = page.context["front_desk"].waiting
        assert str(waiting.officer_is) == "kosong sekarang"
        panel = " ".join(page.text.partition("data-next-free")[2].partition("</section>")[0].split())
        assert "<b>Petugas</b> <small>SOS · sesi Sel 24 Nov belum ditutup</small>" in panel
        assert "sedang konsultasi" not in panel
        disposed = case_at(State.DISPOSED, staff)
        for client, address in (
            (client_of(staff.sekretariat), "/datang-langsung/"),
            (client_of(staff.kabid), f"/permohonan/{disposed.code}/assign/"),
        ):
            text = client.get(address).text
            assert "sesi Sel 24 Nov belum ditutup" in text, address
            assert "Sedang dalam konsultasi" not in text, address


def test_tomorrow_is_shown_on_a_quiet_morning(session: Session, staff: Staff) -> None:
    client = client_of(staff.sekretariat)
    with at(-24 * 60):
        for address in ("/meja/", "/meja-depan/"):
            text = client.get(address).text
            assert "Tidak ada janji temu di kantor hari ini." in text
            assert session.case.subject in text.partition("Tamu besok")[2]


def test_the_board_says_who_is_here_and_leaves_out_who_did_not_come(session: Session, staff: Staff) -> None:
    with at(0):
        note_arrival(session, by=staff.sekretariat, arrival="CAME")
        assert "sudah hadir" in Client().get("/papan/").text
        note_arrival(session, by=staff.sekretariat, arrival="ABSENT")
        assert not get_board().next


def test_an_open_desk_notices_an_arrival(session: Session, staff: Staff) -> None:
    client = client_of(staff.petugas)
    with at(0):
        since = client.get("/meja/").context["pulse"]()
        assert client.get("/meja/denyut/", {"since": since, "unread": "1"}).status_code in (200, 204)
        note_arrival(session, by=staff.sekretariat, arrival="CAME")
        for more in ({}, {"case": session.case.code}):
            assert client.get("/meja/denyut/", {"since": since, **more}).json()["pulse"] != since


def answer(case: Case, client: Client | None = None) -> Any:
    return (client or Client(enforce_csrf_checks=True, headers={"Origin": "null"})).post(
        f"/p/{case.secret}/saya-datang/", follow=True
    )


def test_the_applicant_says_to_come_with_one_tap(session: Session, staff: Staff) -> None:
    with at(-60):
        page = Client().get(f"/p/{session.case.secret}/").text
        assert ("Saya akan datang" in page, "Saya tidak bisa" in page) == (True, True)
        page = answer(session.case).text
        assert ("Saya akan datang" in page, "Anda menjawab akan datang" in page) == (False, True)
        answer(session.case)
        session.refresh_from_db()
        assert session.confirmed_at == PLANNED - dt.timedelta(minutes=60)
        assert "Menjawab: akan datang" in client_of(staff.sekretariat).get("/meja-depan/").text
        assert "Menjawab: akan datang" in client_of(staff.petugas).get("/meja/").text
    (entry,) = AuditEntry.objects.filter(act=Act.ARRIVAL)
    assert (entry.is_by_applicant, entry.case) == (True, session.case)


def test_another_time_needs_a_new_answer(session: Session, staff: Staff) -> None:
    with at(-120):
        confirm(session.case)
        case = Case.objects.get(pk=session.case_id)
        later = PLANNED + dt.timedelta(days=1)
        services.reschedule(case, by=staff.petugas, reason="Rapat.", starts_at=later)
        assert case.sessions.get(cancelled_at=None).confirmed_at is None


def test_an_answer_too_late_is_refused_and_no_answer_cancels_nothing(session: Session, staff: Staff) -> None:
    with at(1):
        assert "Tidak ada jadwal yang menunggu jawaban Anda." in answer(session.case).text
        assert Session.objects.filter(pk=session.pk, cancelled_at=None, confirmed_at=None).exists()
        assert Case.objects.get(pk=session.case_id).state == State.SCHEDULED


def test_who_asks_for_another_time_is_not_asked_to_come(session: Session, staff: Staff) -> None:
    with at(-120):
        Case.objects.filter(pk=session.case_id).update(other_time=PLANNED + dt.timedelta(days=1))
        assert "Saya akan datang" not in Client().get(f"/p/{session.case.secret}/").text
        assert "Tidak ada jadwal yang menunggu jawaban Anda." in answer(session.case).text


def test_the_office_does_not_answer_for_the_applicant(session: Session, staff: Staff) -> None:
    with at(-60):
        assert answer(session.case, client_of(staff.sekretariat)).status_code == 403
    session.refresh_from_db()
    assert session.confirmed_at is None


@each("state", [State.SUBMITTED, State.HELD])
def test_there_is_nothing_to_answer_without_a_session_ahead(state: State, staff: Staff) -> None:
    case = case_at(state, staff)
    assert "Saya akan datang" not in Client().get(f"/p/{case.secret}/").text
    with pytest.raises(Refused):
        confirm(case)


def test_the_front_desk_makes_as_many_queries_for_many_guests(
    session: Session, staff: Staff, at_most_queries: Any
) -> None:
    Office.load()
    client = client_of(staff.sekretariat)
    with at(0):
        for _ in range(3):
            note_arrival(session, by=staff.sekretariat, arrival="CAME")
            walk_in_at(State.ASSIGNED, staff)
            with at_most_queries(18):
                client.get("/meja-depan/")
