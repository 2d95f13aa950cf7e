"""Absences: who may enter them, what they block, and what collides with them."""

import datetime as dt
from contextlib import suppress

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from consultations.enums import State
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.absences import end_absence, list_people
from consultations.scheduling.availability import get_availability
from consultations.scheduling.models import Absence
from consultations.scheduling.queries import list_sessions_during
from dispositions import services as dispositions_services
from kit import clock
from kit.refusal import Refused
from notices.models import Notice
from notices.services.occasions import notify_of_collisions
from office.models import Role
from tests.factories import Staff, appoint, away, case_at
from tests.shared_data import each
from tests.standard.conftest import MONDAY

pytestmark = pytest.mark.usefixtures("monday")

TUESDAY = MONDAY + dt.timedelta(days=1)


@each(
    ("person", "may"),
    [
        ("kadis", "kadis sekretariat"),
        ("kabid", "kabid kadis sekretariat"),
        ("petugas", "petugas kabid sekretariat"),
        ("elsewhere", "elsewhere other_kabid sekretariat"),
        ("pkd", "pkd sekretariat"),
    ],
)
def test_who_may_enter_an_absence(person: str, may: str, staff: Staff) -> None:
    allowed = set()
    for n, (name, by) in enumerate(vars(staff).items()):
        with suppress(PermissionDenied):
            absence = away(getattr(staff, person), first=n + 1, by=by)
            allowed.add(name)
            end_absence(absence, by=by)
            assert (absence.ended_by, absence.was_cancelled) == (by, True)
    assert allowed == set(may.split())


def test_a_stand_in_does_not_manage_the_absence_of_the_head(staff: Staff) -> None:
    appoint(staff.petugas, Role.DIVISION_HEAD, staff.division, acting="Plh.")
    assert set(list_people(staff.petugas)) == {staff.petugas, staff.other_petugas}
    assert staff.petugas in list_people(staff.kabid)


def test_an_absence_is_entered_once_and_not_for_the_past(staff: Staff) -> None:
    first = away(staff.petugas, first=0, last=2)
    for day in (0, 2, -1):
        with pytest.raises(Refused):
            away(staff.petugas, first=day)
    assert first.summary == "Cuti s.d. Rabu, 25 November"
    with clock.set_to(TUESDAY):
        end_absence(first, by=staff.kabid)
        assert first.summary == "Cuti s.d. Selasa, 24 November, 09.00"
        with pytest.raises(Refused):
            end_absence(first, by=staff.kabid)
    away(staff.petugas, first=2)
    assert Absence.objects.count() == 2


def test_nobody_is_scheduled_while_away(staff: Staff) -> None:
    case = case_at(State.PREPARED, staff)
    away(staff.companion, first=8)
    moment = MONDAY + dt.timedelta(days=8)
    with pytest.raises(Refused, match="Companion berhalangan pada waktu itu: Cuti"):
        scheduling_services.schedule(case, by=staff.petugas, starts_at=moment)
    offered = {timezone.localdate(moment) for moment in get_availability(case).moments}
    assert moment.date() not in offered
    assert moment.date() + dt.timedelta(days=1) in offered
    scheduling_services.schedule(case, by=staff.petugas, starts_at=moment + dt.timedelta(days=1))


@pytest.mark.differs_by_database
def test_visitors_are_offered_no_time_at_which_everybody_is_away(staff: Staff) -> None:
    people = [staff.kabid, staff.other_kabid, staff.petugas, staff.other_petugas, staff.companion]
    last = TUESDAY + dt.timedelta(days=6)
    for person in people:
        away(person, first=7)
    assert last in get_availability().moments
    absence = away(staff.elsewhere, first=7)
    assert last not in get_availability().moments
    end_absence(absence, by=staff.elsewhere)
    assert last in get_availability().moments


def test_the_head_of_the_division_learns_of_sessions_without_officer(staff: Staff) -> None:
    cases = [case_at(State.SCHEDULED, staff) for _ in range(3)]
    absence = away(staff.petugas)
    assert [session.case for session in list_sessions_during(absence)] == cases
    assert [session.case for session in list_sessions_during(away(staff.companion))] == cases
    assert [notify_of_collisions.func(), notify_of_collisions.func()] == [3, 0]
    told = Notice.objects.filter(kind="ABSENT")
    assert {(one.case, one.recipient) for one in told} == {(case, staff.kabid) for case in cases}
    dispositions_services.reassign(
        cases[0], by=staff.kabid, officer=staff.other_petugas, reason="Petugas cuti.", companions=[]
    )
    assert told.get(case=cases[0]).superseded_at
    end_absence(absence, by=staff.petugas)
    assert notify_of_collisions.func() == 0
    assert not told.filter(superseded_at=None).exists()
