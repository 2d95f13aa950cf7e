"""Choosing an officer: the facts beside each person, their order, and who cannot be chosen."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from consultations.enums import State
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.absences import record_absence
from dispositions import services as dispositions_services
from dispositions.serving import list_serving_appointments
from dispositions.workload import list_loads
from kit import clock
from kit.refusal import Refused
from office.models import Role
from tests.factories import Staff, appoint, case_at, client_of, make_user, prepared_by, walk_in, walk_in_at
from tests.many_cases import cases_at
from tests.shared_data import each

MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def staff(staff: Staff) -> Iterator[Staff]:
    """The staff on a Monday at nine."""
    with clock.set_to(MONDAY):
        yield staff


def ill(staff: Staff) -> None:
    """Let `other_petugas` be ill today and tomorrow."""
    day, person = clock.midnight(MONDAY.date()), staff.other_petugas
    until = day + dt.timedelta(days=2)
    record_absence(by=staff.sekretariat, person=person, starts_at=day, ends_at=until, reason="SICK")


def test_the_least_busy_comes_first_and_who_is_away_last(staff: Staff) -> None:
    case_at(State.SCHEDULED, staff)
    with clock.set_to(MONDAY - dt.timedelta(days=30)):
        case_at(State.HELD, staff)
    ill(staff)
    loads = [load for load in list_loads(list_serving_appointments()) if "Rehab" in load.appointment.title]
    wednesday = MONDAY.replace(day=25, hour=7, minute=30)
    assert [
        (load.appointment.user.username, load.open, load.late, load.sessions, load.absence, load.free_at)
        for load in loads
    ] == [
        ("kabid", 0, 0, 0, "", MONDAY),
        ("petugas", 2, 1, 1, "", MONDAY),
        ("other_petugas", 0, 0, 0, "Sakit s.d. Selasa, 24 November", wednesday),
    ]


@each(("state", "verb"), [(State.DISPOSED, "assign"), (State.HELD, "reassign"), (None, "walk_in")])
def test_who_is_away_is_no_choice(state: State | None, verb: str, staff: Staff) -> None:
    ill(staff)
    away = staff.other_petugas
    if state is None:
        page = client_of(staff.sekretariat).get("/datang-langsung/").text
        with pytest.raises(Refused, match="Other Petugas sedang berhalangan: Sakit"):
            walk_in(staff, officer=away)
    else:
        client, address = client_of(staff.kabid), f"/permohonan/{case_at(state, staff).code}/{verb}/"
        page = client.get(address).text
        answer = client.post(address, {"officer": away.pk, "reason": "Sakit."})
        assert (answer.status_code, [*answer.context["form"].errors]) == (422, ["officer"])
        people: dict[str, Any] = {"officer": staff.petugas, "companions": [away]}
        with pytest.raises(Refused):
            dispositions_services.assign(case_at(State.DISPOSED, staff), by=staff.kabid, **people)
    rows = re.findall(r'<label data-person="other_petugas">.*?</label>', page, re.DOTALL)
    assert rows
    assert all(" disabled>" in row and "Sakit s.d. Selasa, 24 November" in row for row in rows)


def test_the_cards_say_what_is_late_and_who_is_busy(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    case.work_items.open().update(due_at=MONDAY - dt.timedelta(hours=1))
    walk_in_at(State.IN_SESSION, staff)
    waiting, registered = case_at(State.DISPOSED, staff), case_at(State.REGISTERED, staff)
    appoint(staff.other_kabid, Role.DIVISION_HEAD, staff.division, acting="Plt.", ends=MONDAY.date())
    staff.kabid.appointments.update(ends=MONDAY.date() - dt.timedelta(days=1))
    cards = client_of(staff.other_kabid).get(f"/permohonan/{waiting.code}/assign/").text
    card = cards.partition('data-person="petugas"')[2].partition("</label>")[0]
    assert "(1 terlambat)" in card
    assert "Sedang dalam konsultasi" in card
    dispose = client_of(staff.kadis).get(f"/permohonan/{registered.code}/dispose/").text
    assert "Plt. Other Kabid, sampai 23 Nov" in dispose
    assert "1 terlambat" in dispose
    assert case.code not in dispose


def test_a_person_who_cannot_log_in_yet_is_marked(staff: Staff) -> None:
    new = make_user("baru")
    appoint(new, Role.OFFICER, staff.division)
    case = case_at(State.DISPOSED, staff)
    client, sentence = client_of(staff.kabid), "Belum menerima undangan, jadi belum dapat masuk."
    assert sentence not in client.get(f"/permohonan/{case.code}/assign/").text
    new.set_unusable_password()
    new.save()
    cards = client.get(f"/permohonan/{case.code}/assign/").text
    assert cards.count(sentence) == 2, "as officer and as companion"
    assert sentence in cards.partition('data-person="baru"')[2].partition("</label>")[0]


@pytest.mark.differs_by_database
def test_the_cards_say_who_is_free_at_the_wished_time(staff: Staff) -> None:
    wished = MONDAY.replace(day=24, hour=10)
    waiting = case_at(State.DISPOSED, staff, visit_at=wished)
    planned = prepared_by(staff.petugas, staff)
    scheduling_services.schedule(planned, by=staff.petugas, starts_at=wished, minutes=60)
    begins, ends = wished - dt.timedelta(hours=2), wished + dt.timedelta(hours=4)
    away = staff.other_petugas
    record_absence(by=staff.sekretariat, person=away, starts_at=begins, ends_at=ends, reason="TRAINING")
    page = client_of(staff.kabid).get(f"/permohonan/{waiting.code}/assign/").text
    assert "Waktu yang diminta: Selasa, 24 November 2026, 10.00." in page
    before, after = (case_at(state, staff, visit_at=wished) for state in (State.REGISTERED, State.PREPARED))
    for person, case, verb in ((staff.kadis, before, "dispose"), (staff.petugas, after, "schedule")):
        form = client_of(person).get(f"/permohonan/{case.code}/{verb}/").text.partition('id="judul-form"')[2]
        assert "Waktu yang diminta: Selasa, 24 November 2026, 10.00" in form, verb
    several = client_of(staff.kadis).get("/meja/sekaligus/dispose/?semua=1")
    assert (several.status_code, "Waktu yang diminta" in several.text) == (200, False)
    said = dict(re.findall(r'data-person="(\w+)">(?:(?!</label>).)*?Saat itu: ([^<]+)<', page, re.DOTALL))
    assert said["petugas"] == "sudah ada janji 10.00–11.00"
    assert said["other_petugas"] == "Diklat s.d. Selasa, 24 November, 14.00"
    assert said["kabid"] == said["companion"] == "bebas"
    page = client_of(staff.kabid).get(f"/permohonan/{planned.code}/reassign/").text
    said = dict(re.findall(r'data-person="(\w+)">(?:(?!</label>).)*?Saat itu: ([^<]+)<', page, re.DOTALL))
    assert said["petugas"] == "bebas", "the appointment is that of this case"
    with clock.set_to(wished):
        assert "Saat itu" not in client_of(staff.kabid).get(f"/permohonan/{waiting.code}/assign/").text


def test_many_people_cost_no_more_queries(staff: Staff, at_most_queries: Any) -> None:
    for n in range(30):
        appoint(make_user(f"petugas_{n}"), Role.OFFICER, staff.division)
    cases_at(State.SCHEDULED, staff, 30)
    appointments, case = list_serving_appointments(), case_at(State.DISPOSED, staff)
    with at_most_queries(6):
        assert len(list_loads(appointments, case)) == 36
