"""No administrator is a Pengawas, and no Pengawas serves a case: refused by services and the database."""

import datetime as dt
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from consultations.enums import Party, State
from consultations.models import Case
from dispositions import services as dispositions_services, serving
from kit import clock
from kit.refusal import Refused
from office.access.changes import APART, Kind, confirm, propose
from office.models import Appointment, Office, Position, Role, User
from tests.factories import DETAILS, ClientOf, Staff, appoint, case_at, walk_in

TOMORROW = clock.today() + dt.timedelta(days=1)


@pytest.fixture
def watching(staff: Staff) -> Position:
    return Position.objects.get(role=Role.SUPERVISOR)


@pytest.mark.parametrize("is_open", [True, False])
def test_neither_can_be_proposed_for_the_other(staff: Staff, watching: Position, is_open: bool) -> None:
    if not is_open:
        Office.objects.update(opened_at=None)
    for starts in (clock.today(), TOMORROW):
        with pytest.raises(Refused, match=str(APART)):
            propose(Kind.APPOINT, staff.admin, by=staff.kadis, position=watching, acting="", starts=starts)
    with pytest.raises(Refused, match=str(APART)):
        propose(Kind.GRANT_ADMIN, staff.pengawas, by=staff.kadis)


def test_a_proposal_of_before_is_not_confirmed(staff: Staff, watching: Position) -> None:
    """Each was possible when it was proposed. The second one meets what the first has changed."""
    User.objects.filter(pk=staff.expired.pk).update(is_active=True)
    appointing = propose(
        Kind.APPOINT, staff.expired, by=staff.kadis, position=watching, acting="", starts=TOMORROW
    )
    granting = propose(Kind.GRANT_ADMIN, staff.expired, by=staff.kadis)
    confirm(appointing, by=staff.admin)
    with pytest.raises(Refused, match=str(APART)):
        confirm(granting, by=staff.admin)


def test_who_was_pengawas_may_become_administrator_but_not_watch_again(staff: Staff) -> None:
    held = Appointment.objects.get(user=staff.pengawas)
    Appointment.objects.filter(pk=held.pk).update(ends=clock.today() - dt.timedelta(days=1))
    held.refresh_from_db()
    confirm(propose(Kind.GRANT_ADMIN, staff.pengawas, by=staff.kadis), by=staff.admin)
    with pytest.raises(Refused, match=str(APART)):
        propose(Kind.LAST_DAY, staff.pengawas, by=staff.kadis, appointment=held, ends=None)


def test_the_database_refuses_it(staff: Staff, watching: Position) -> None:
    soon = {"position": watching, "starts": TOMORROW}
    over = {"starts": clock.today() - dt.timedelta(days=9), "ends": clock.today() - dt.timedelta(days=3)}
    past = Appointment.objects.create(user=staff.admin, position=watching, **over)
    other = Position.objects.create(title="Pengawas lain", role=Role.SECRETARIAT)
    Appointment.objects.create(user=staff.admin, position=other, starts=TOMORROW)
    for change in (
        lambda: Appointment.objects.create(user=staff.admin, **soon),
        lambda: Appointment.objects.bulk_create([Appointment(user=staff.admin, **soon)]),
        lambda: Appointment.objects.filter(pk=past.pk).update(ends=None),
        lambda: User.objects.filter(pk=staff.pengawas.pk).update(is_staff=True),
        lambda: Position.objects.filter(pk=other.pk).update(role=Role.SUPERVISOR),
    ):
        with pytest.raises(IntegrityError, match="an administrator is no Pengawas"), transaction.atomic():
            change()


def with_watching_officer(staff: Staff) -> Case:
    """Let the officer become a Pengawas besides, and return a case that has no officer yet."""
    case = case_at(State.DISPOSED, staff)
    appoint(staff.petugas, Role.SUPERVISOR)
    return case


def test_a_pengawas_is_not_offered_as_officer_or_companion(staff: Staff, client_of: ClientOf) -> None:
    case = with_watching_officer(staff)
    form = client_of(staff.kabid).get(f"/permohonan/{case.code}/assign/").context["form"]
    for name in ("officer", "companions"):
        offered = {str(key) for key, _label in form.fields[name].choices}
        assert str(staff.other_petugas.pk) in offered
        assert not offered & {str(staff.petugas.pk), str(staff.pengawas.pk)}, name
    data = {"officer": staff.other_petugas.pk, "companions": [staff.pengawas.pk]}
    assert client_of(staff.kabid).post(f"/permohonan/{case.code}/assign/", data).status_code == 422
    assert staff.petugas not in [held.user for held in serving.list_serving_appointments()]


def test_a_pengawas_serves_no_case(staff: Staff) -> None:
    case = with_watching_officer(staff)
    assign = partial(dispositions_services.assign, case, by=staff.kabid)
    for people in (
        {"officer": staff.petugas},
        {"officer": staff.other_petugas, "companions": [staff.pengawas]},
    ):
        with pytest.raises(Refused, match="adalah Pengawas"):
            assign(**people)
    with pytest.raises(Refused, match="adalah Pengawas"):
        walk_in(staff)
    assign(officer=staff.other_petugas)
    with pytest.raises(Refused, match="adalah Pengawas"):
        dispositions_services.reassign(case, by=staff.kabid, officer=staff.petugas, reason="Cuti.")


def test_the_database_refuses_a_pengawas_in_a_case(staff: Staff) -> None:
    case, now = case_at(State.ASSIGNED, staff), clock.now()
    new = {"state": State.SUBMITTED, "turn": Party.TIM_PKD, "submitted_at": now, "since": now}
    for change in (
        lambda: Case.objects.filter(pk=case.pk).update(officer=staff.pengawas),
        lambda: case.companions.add(staff.pengawas),
        lambda: Case.objects.create(officer=staff.pengawas, **new, **DETAILS),
    ):
        with pytest.raises(IntegrityError, match="a Pengawas serves no case"), transaction.atomic():
            change()
    Appointment.objects.filter(user=staff.pengawas).update(ends=clock.today() - dt.timedelta(days=1))
    case.companions.add(staff.pengawas)
