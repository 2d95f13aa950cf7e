"""The desk: sections by urgency, positions, one case after another, and steps on several cases at once."""

import datetime as dt
from itertools import chain
from typing import Any, cast

import pytest
from django.contrib.messages import get_messages
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.copier import list_owned_models
from consultations.enums import Channel, Kind, Party, State, Urgency
from consultations.models import Case, WorkItem
from consultations.parties import Applicant
from consultations.scheduling.models import Session
from consultations.scheduling.services import schedule
from consultations.work import get_turn_item
from consultations.workflow import TURN
from desk.desk import list_day
from desk.waiting import Section, get_place
from dispositions import relayed_orders
from kit import clock
from office.models import Role, User
from tests.case_page import read_all
from tests.factories import WAY, Staff, appoint, case_at, client_of, independent_case, walk_in_at
from tests.many_cases import case_in_each_state, copies_of
from tests.shared_data import each
from tests.standard.steps import right_actor, stored
from tests.world import undone
from trust.privacy.deletion import ask_deletion

NOW = dt.datetime(2026, 11, 25, 9, 10, tzinfo=timezone.get_default_timezone())
GUEST = {"channel": Channel.WALK_IN, "state": State.ASSIGNED}
PLANNED, URGENT, TIMES = {"state": State.SCHEDULED}, {"urgency": Urgency.URGENT}, ("planned_at", "due_at")


def at(time: str, day: int = 25) -> dt.datetime:
    hour, minute = map(int, time.split("."))
    return NOW.replace(day=day, hour=hour, minute=minute)


SOON, TOMORROW = (dict.fromkeys(TIMES, moment) for moment in (at("13.30"), at("09.00", 26)))
LATER = {"planned_at": at("09.00", 27), "due_at": at("23.59", 26)}
BEGUN = {"state": State.IN_SESSION, **dict.fromkeys(("since", "due_at"), at("13.00", 24))}


@each(
    ("columns", "section", "due", "detail"),
    [
        ({**GUEST, "since": at("08.52")}, "urgent", "Menunggu 18 menit", "di loket, sejak 08.52"),
        ({**GUEST, "since": at("08.52", 24)}, "next", "Tanpa batas waktu", "sejak 24 Nov"),
        ({"state": State.IN_SESSION, "since": at("09.00")}, "urgent", "Berlangsung 10 menit", "sejak 09.00"),
        (BEGUN, "urgent", "Belum diselesaikan", "mulai Sel 24 Nov, 13.00"),
        ({**PLANNED, "planned_at": at("09.40")}, "urgent", "Mulai 30 menit lagi", "jadwal 09.40"),
        ({**PLANNED, "planned_at": at("09.00")}, "urgent", "Lewat 10 menit", "jadwal 09.00"),
        ({**PLANNED, **SOON}, "today", "Konsultasi 13.30", "4 jam lagi"),
        ({**PLANNED, **SOON, "kind": Kind.COMPLAINT}, "today", "Pertemuan 13.30", "4 jam lagi"),
        ({**URGENT, "due_at": at("11.00")}, "urgent", "Sebelum 11.00", "1 jam 50 menit lagi"),
        ({**URGENT, "due_at": at("11.11")}, "today", "Sebelum 11.11", "2 jam 1 menit lagi"),
        ({"due_at": at("11.00")}, "today", "Sebelum 11.00", "1 jam 50 menit lagi"),
        ({"due_at": at("08.34")}, "late", "Terlambat 36 menit", "batas hari ini, 08.34"),
        ({"due_at": at("09.01", 23)}, "late", "Terlambat 2 hari", "batas Sen 23 Nov, 09.01"),
        ({"due_at": at("23.59", 24)}, "late", "Terlambat 1 hari", "batas Sel 24 Nov"),
        ({"due_at": at("23.59")}, "today", "Batas hari ini", "sebelum kantor tutup"),
        ({"due_at": at("14.30", 26)}, "next", "Batas besok, 14.30", "Kamis 26 Nov"),
        ({"due_at": at("15.28", 27)}, "next", "Batas Jumat, 15.28", "Jum 27 Nov, 2 hari lagi"),
        ({"due_at": at("23.59", 27)}, "next", "Batas Jumat", "Jum 27 Nov, 2 hari lagi"),
        ({**PLANNED, **TOMORROW}, "next", "Besok, 09.00", "Kamis 26 Nov"),
        ({**PLANNED, **LATER}, "next", "Batas besok", "Kamis 26 Nov"),
    ],
)
def test_place_of_a_case(columns: dict[str, Any], section: str, due: str, detail: str) -> None:
    case = Case(**{"state": State.REGISTERED, "since": at("08.20", 24), **columns})
    with clock.set_to(NOW):
        item = get_turn_item(case)
    assert item
    place = get_place(item, NOW)
    assert (place.section, *place.words()) == (Section(section), due, detail)


def test_today_as_a_timeline() -> None:
    starts = ("08.00", "10.00", "13.00")
    sessions = [Session(starts_at=at(time), ends_at=at(time) + dt.timedelta(minutes=30)) for time in starts]
    with clock.set_to(NOW):
        day = list_day([*sessions, Session(starts_at=at("08.00", 26))])
        assert [(f"{entry.at:%H.%M}", entry.free or entry.is_now) for entry in day] == [
            *(("08.00", False), ("09.10", True), ("09.10", "50 menit kosong"), ("10.00", False)),
            *(("10.30", "2 jam 30 menit kosong"), ("13.00", False)),
        ]
    with clock.set_to(at("07.00", 27)):
        assert list_day(sessions) == []


@each("count", [1, 3])
def test_the_secretariat_sees_who_waits_at_the_counter(
    count: int, staff: Staff, at_most_queries: Any
) -> None:
    with clock.set_to(clock.now()):
        served = walk_in_at(State.HELD, staff)
        guests = [walk_in_at(State.ASSIGNED, staff) for _ in range(count)]
        client = client_of(staff.sekretariat)
        with at_most_queries(19):
            page = client.get("/meja/").text
    queue = page.partition('id="loket"')[2].partition("</section>")[0]
    assert "0 menit, sejak" in queue
    assert (all(guest.code in queue for guest in guests), served.code in queue) == (True, False)
    assert 'id="loket"' not in client_of(staff.pkd).get("/meja/").text


@pytest.mark.differs_by_database
def test_marked_cases_are_read_first_if_too_many_wait(staff: Staff) -> None:
    cases = [case_at(State.REGISTERED, staff) for _ in range(3)]
    WorkItem.objects.update(due_at=clock.now() - dt.timedelta(hours=1))
    WorkItem.objects.filter(case=cases[-1]).update(urgency=Urgency.URGENT, due_at=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("desk.waiting.MAX_WAITING", 2)
        groups = client_of(staff.kadis).get("/meja/").context["desk"]["groups"]
    counted = {group.section.value: group.counted for group, _lines in groups if group.rows}
    assert counted == {"late": "1", "next": "1+"}


MAX_QUERIES = 17


@pytest.mark.differs_by_database
def test_the_desk_makes_as_many_queries_for_many_cases_in_every_open_state(
    staff: Staff, subtests: pytest.Subtests
) -> None:
    cases = ((state, case) for state, case in case_in_each_state(staff) if state in TURN)
    for state, case in chain(cases, [(State.EXAMINING, independent_case())]):
        if TURN[state].actor == Party.APPLICANT or state == State.IN_SESSION:
            continue  # an officer can be in one consultation only
        with subtests.test(state.value):
            check_queries(client_of(cast(User, right_actor(TURN[state].actor, case, staff))), case)
    # Cases that wait beside their turn: to be ratified, and to be deleted.
    with undone():
        check_queries(client_of(staff.kadis), walk_in_at(State.HELD, staff))
    with undone():
        case = case_at(State.CLOSED, staff)
        ask_deletion(case, by=Applicant(case.secret), reason="Tidak perlu lagi.")
        check_queries(client_of(staff.kadis), stored(case))


def check_queries(client: Client, case: Case) -> None:
    """Fail if the desk makes more queries for thirty such cases than for one."""
    client.get("/meja/")
    one, before = count_queries(client, cases=1), transaction.savepoint_create()
    copies_of(case, 29)
    many = count_queries(client, cases=30)
    transaction.savepoint_rollback(before)
    # PostgreSQL does not roll back its sequences, and each copying multiplies them.
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [*list_owned_models()]):
            cursor.execute(statement)
    assert many == one <= MAX_QUERIES


def count_queries(client: Client, *, cases: int) -> int:
    """Return the number of queries of a desk that shows so many cases, up to one page of them."""
    with CaptureQueriesContext(connection) as queries:
        groups = client.get("/meja/").context["desk"]["groups"]
    assert sum(len(group.rows) + len(group.served) for group, _lines in groups) == min(cases, 25)
    return len(queries)


def test_an_acting_head_sees_in_which_position_each_case_waits(staff: Staff) -> None:
    appoint(staff.kabid, Role.HEAD, acting="Plh.", ends=clock.today())
    as_head, own = case_at(State.FORWARDED, staff), case_at(State.DISPOSED, staff)
    client = client_of(staff.kabid)
    page = client.get("/meja/").text
    assert "Anda Plh. Kepala Dinas sampai" in page
    assert page.count("sebagai Plh. Kepala Dinas</span>") == page.count("Laporan bidang Anda sendiri") == 1
    assert page.count(f"sebagai Kepala Bidang {staff.division}</span>") == 1
    only_acting = client.get("/meja/?jabatan=Plh.+Kepala+Dinas").text
    assert f'data-case="{as_head.code}"' in only_acting
    assert f'data-case="{own.code}"' not in only_acting
    assert "data-position" not in client_of(staff.kadis).get("/meja/").text


def next_page(client: Any, answer: Any) -> str:
    """Follow the redirects of an answer; return the address of the page."""
    assert answer.status_code == 302, answer.text
    chain = client.get(answer["Location"], follow=True).redirect_chain
    return str(chain[-1][0] if chain else answer["Location"])


def test_one_case_after_another(staff: Staff) -> None:
    first, second, third = (case_at(State.REGISTERED, staff) for _ in range(3))
    client = client_of(staff.kadis)
    page = client.get("/meja/berikutnya/", follow=True)
    assert page.redirect_chain == [(f"/permohonan/{first.code}/dispose/?antrean=1", 302)]
    assert f'href="/meja/berikutnya/?kode={second.code}"' in page.text

    typed = {"version": first.version, "division": staff.division.pk, "antrean": third.code}
    invalid = client.post(f"/permohonan/{first.code}/dispose/", {**typed, "division": ""})
    assert f'name="antrean" value="{second.code}"' in invalid.text
    saved = client.post(f"/permohonan/{first.code}/dispose/draf/", typed)
    assert saved["Location"] == f"/permohonan/{first.code}/dispose/?antrean=1"
    taken = client.post(f"/permohonan/{first.code}/dispose/", typed)
    assert next_page(client, taken) == f"/permohonan/{third.code}/dispose/?antrean=1"
    declined = client.post(f"/permohonan/{third.code}/decline/", {"reason": "Bukan.", "antrean": ""})
    assert declined["Location"] == "/meja/"
    gone = {**typed, "version": second.version, "antrean": "//example.com"}
    assert next_page(client, client.post(f"/permohonan/{second.code}/dispose/", gone)) == "/meja/"


@pytest.mark.differs_by_database
def test_several_are_ratified_at_once_each_with_its_event(staff: Staff) -> None:
    cases = [walk_in_at(State.HELD, staff) for _ in range(3)]
    client = client_of(staff.kadis)
    assert 'href="/meja/sekaligus/ratify/"' in client.get("/meja/").text
    page = client.get("/meja/sekaligus/ratify/?semua=1").text
    chosen = [f"{case.code}:{case.version}" for case in cases]
    assert [f'value="{one}" checked' in page for one in chosen] == [True] * 3

    assert client.post("/meja/sekaligus/ratify/", {"note": ""}).status_code == 422
    relayed_orders.ratify(cases[1], by=staff.kadis)
    answer = client.post("/meja/sekaligus/ratify/", {"case": [*chosen, "\0:1"], "note": "Setuju."})
    assert answer["Location"] == "/meja/"
    told = [str(message) for message in get_messages(answer.wsgi_request)]
    assert [f"No. {cases[1].agenda}" in told[0], told[1]] == [True, "Disposisi disahkan: 2 permohonan."]
    events = [case.history.get(verb="ratify") for case in cases]
    assert [(event.by, event.title) for event in events] == [(staff.kadis, "Kepala Dinas")] * 3
    assert not Case.objects.filter(awaits_ratification=True).exists()


def test_several_are_disposed_to_one_division(staff: Staff) -> None:
    cases = [case_at(State.REGISTERED, staff) for _ in range(2)]
    client = client_of(staff.kadis)
    typed = {"case": [f"{case.code}:{case.version}" for case in cases], "division": staff.division.pk}
    refused = client.post("/meja/sekaligus/dispose/", {**typed, "division": ""})
    assert (refused.status_code, "js/autosave.js" in refused.text) == (422, False)
    client.post("/meja/sekaligus/dispose/", typed)
    assert {(case.state, case.division) for case in Case.objects.all()} == {(State.DISPOSED, staff.division)}
    for name, verb, status in (("kabid", "dispose", 302), ("kadis", "accept", 404), ("kadis", "x", 404)):
        assert client_of(getattr(staff, name)).get(f"/meja/sekaligus/{verb}/").status_code == status


def test_the_day_of_an_officer_says_how_and_with_whom(staff: Staff) -> None:
    link = "https://rapat.example/abc"
    with clock.set_to(at("07.40")):
        done = case_at(State.HELD, staff)
        video, call, room = (case_at(State.PREPARED, staff) for _ in range(3))
        schedule(video, by=staff.petugas, starts_at=at("10.00"), mode="ONLINE", link=link)
        schedule(call, by=staff.petugas, starts_at=at("11.00"), mode="PHONE")
        schedule(room, by=staff.petugas, starts_at=at("14.00"), place="Ruang Melati")
        people = (staff.petugas, staff.companion, staff.other_petugas)
        own, companion, free = (client_of(user).get("/meja/").text for user in people)
    day = own.partition('id="jadwal"')[2].partition("</section>")[0]
    assert "selesai, 1 menit" in day.partition(f'data-case="{done.code}"')[2].partition("</li>")[0]
    assert f'href="{link}"' in day
    assert [text in day for text in ("1 jam 50 menit kosong", "WhatsApp", "Ruang Melati")] == [True] * 3
    assert day.count("sekarang") == 1
    assert companion.partition('id="jadwal"')[2].count("mendampingi Petugas") == 3
    assert 'id="jadwal"' not in free


def test_tim_pkd_sees_what_else_the_applicant_has_sent(staff: Staff) -> None:
    first, second = (case_at(State.SUBMITTED, staff, subject=subject) for subject in ("BPJS", "BUM Desa"))
    case_at(State.SUBMITTED, staff, subject="Lain", phone="+6281200000077")
    client = client_of(staff.pkd)
    assert "Pemohon ini juga mengajukan: BUM Desa" in client.get("/meja/").text
    for page in (f"/permohonan/{first.code}/", f"/permohonan/{first.code}/register/"):
        shown = client.get(page).text
        assert f'href="/permohonan/{second.code}/"' in shown
        assert "Pemohon ini juga mengajukan" in shown
    assert "Pemohon ini juga mengajukan" not in read_all(client_of(staff.kadis), first)


def test_the_page_after_a_step_offers_the_next_case(staff: Staff) -> None:
    first, second = (case_at(State.SUBMITTED, staff, subject=f"Urusan {n}") for n in (1, 2))
    pkd, page = client_of(staff.pkd), f"/permohonan/{first.code}/"
    offer = f'/meja/berikutnya/?kode={second.code}"'
    assert offer not in pkd.get(page).text
    WAY[State.REGISTERED](first, staff)
    assert offer in pkd.get(page).text
    assert offer not in client_of(staff.kadis).get(page).text
    WAY[State.REGISTERED](second, staff)
    assert "/meja/berikutnya/?kode=" not in pkd.get(page).text
    with clock.set_to(clock.now() + dt.timedelta(minutes=2)):
        assert offer not in client_of(staff.pkd).get(page).text
