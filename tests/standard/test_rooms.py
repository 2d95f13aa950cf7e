"""Rooms: a half hour of a room belongs to one session, like that of an officer."""

import datetime as dt
from functools import partial

import pytest

from consultations.enums import State
from consultations.intake import services as intake_services
from consultations.models import Case, StateTarget
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.availability import get_availability
from consultations.scheduling.queries import current_session
from dispositions import services as dispositions_services
from kit import clock
from kit.refusal import Refused
from office.models import Room
from tests.factories import (
    DETAILS,
    ClientOf,
    Staff,
    applicant,
    begin,
    case_at,
    prepared_by,
    working_moment,
)
from tests.shared_data import each
from tests.standard.conftest import MONDAY


@pytest.fixture
def room(staff: Staff) -> Room:
    return Room.objects.create(name="Ruang Melati")


@pytest.mark.differs_by_database
def test_a_room_that_is_taken_is_refused_with_those_that_are_free(staff: Staff, room: Room) -> None:
    moment, schedule = working_moment(2), scheduling_services.schedule
    first, second = prepared_by(staff.petugas, staff), prepared_by(staff.other_petugas, staff)
    schedule(first, by=staff.petugas, starts_at=moment, minutes=60, room=room)
    half_past = moment + dt.timedelta(minutes=30)
    later = partial(schedule, second, by=staff.other_petugas, starts_at=half_past)
    with pytest.raises(Refused, match="Semua ruang sudah dipakai pada waktu itu"):
        later(room=room)
    mawar = Room.objects.create(name="Ruang Mawar")
    with pytest.raises(Refused, match=r"Ruang Melati sudah dipakai .* Yang kosong: Ruang Mawar\.") as refusal:
        later(room=room)
    assert refusal.value.field == "room"
    later(room=mawar)
    assert current_session(second).place == "Ruang Mawar"  # type: ignore[union-attr]


def test_the_first_free_room_is_chosen_already(staff: Staff, client_of: ClientOf, room: Room) -> None:
    moment = working_moment(2)
    first, second = prepared_by(staff.petugas, staff), prepared_by(staff.other_petugas, staff)
    Case.objects.update(visit_at=moment)
    nuri = Room.objects.create(name="Ruang Nuri")
    for case, by, free in ((first, staff.petugas, room), (second, staff.other_petugas, nuri)):
        page = client_of(by).get(f"/permohonan/{case.code}/schedule/").text
        assert f'<option value="{free.pk}" selected>' in page
        scheduling_services.schedule(case, by=by, starts_at=moment, minutes=60, room=free)


@each("end", ["reschedule", "withdraw", "no_show", "finish"])
def test_a_session_that_ends_early_frees_its_room(end: str, staff: Staff, room: Room) -> None:
    moment = working_moment(2)
    first, second = prepared_by(staff.petugas, staff), prepared_by(staff.other_petugas, staff)
    scheduling_services.schedule(first, by=staff.petugas, starts_at=moment, room=room)
    if end == "reschedule":
        later = moment + dt.timedelta(hours=1)
        scheduling_services.reschedule(first, by=staff.petugas, reason="Rapat.", starts_at=later, room=room)
    elif end == "withdraw":
        intake_services.withdraw(first, by=applicant(first), reason="Sudah selesai.")
    elif end == "finish":
        begin(first, staff)
        scheduling_services.finish(first, by=staff.petugas, attendees="Siti Contoh")
    else:
        scheduling_services.no_show(first, by=staff.petugas)
    scheduling_services.schedule(second, by=staff.other_petugas, starts_at=moment, room=room)


def test_another_officer_takes_over_the_room(staff: Staff, room: Room) -> None:
    moment = working_moment(2)
    first, second = prepared_by(staff.petugas, staff), prepared_by(staff.kabid, staff)
    scheduling_services.schedule(first, by=staff.petugas, starts_at=moment, room=room)
    dispositions_services.reassign(first, by=staff.kabid, officer=staff.other_petugas, reason="Sakit.")
    with pytest.raises(Refused):
        scheduling_services.schedule(second, by=staff.kabid, starts_at=moment, room=room)


def test_no_visit_time_is_offered_without_a_free_room(staff: Staff, room: Room) -> None:
    StateTarget.objects.all().delete()
    first, second = (MONDAY + dt.timedelta(days=1, hours=hour) for hour in range(2))
    with clock.set_to(MONDAY):
        case = prepared_by(staff.petugas, staff)
        scheduling_services.schedule(case, by=staff.petugas, starts_at=first, room=room)
        intake_services.submit(**{**DETAILS, "visit_at": second})
        assert {first, second}.isdisjoint(get_availability().moments)
        incomplete = case_at(State.INCOMPLETE, staff)
        with pytest.raises(Refused, match="baru saja terisi"):
            intake_services.complete(incomplete, by=applicant(incomplete), visit_at=second)
        Room.objects.create(name="Ruang Mawar")
        assert {first, second} <= {*get_availability().moments}


def test_a_meeting_at_the_office_takes_one_of_its_rooms(
    staff: Staff, room: Room, client_of: ClientOf
) -> None:
    case, officer = prepared_by(staff.petugas, staff), client_of(staff.petugas)
    address = f"/permohonan/{case.code}/schedule/"
    shown = officer.get(address).text
    assert "Ruang Melati" in shown
    assert "Pemohon membaca ini" in shown
    assert "Tempat (boleh kosong)" not in shown
    moment = f"{working_moment(2):%Y-%m-%dT%H:%M}"
    typed = {"version": case.version, "starts_at": moment, "minutes": "30", "mode": "OFFICE", "place": "Aula"}
    refused = officer.post(address, typed)
    assert refused.status_code == 422
    assert refused.context["form"].errors == {"room": ["Pilih ruang konsultasi."]}
    assert officer.post(address, {**typed, "room": room.pk}).status_code == 302
    case.refresh_from_db()
    assert current_session(case).place == "Ruang Melati"  # type: ignore[union-attr]
    other = prepared_by(staff.petugas, staff)
    assert "09.00–09.30 Ruang Melati" in officer.get(f"/permohonan/{other.code}/schedule/").text
    typed |= {"version": case.version, "mode": "ELSEWHERE", "room": room.pk, "reason": "Di desa."}
    assert officer.post(f"/permohonan/{case.code}/reschedule/", typed).status_code == 302
    session = case.sessions.get(cancelled_at=None)
    assert (session.place, session.room) == ("Aula", None)
