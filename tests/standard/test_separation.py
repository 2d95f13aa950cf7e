"""No administrator is a Pengawas: refused when proposed, when confirmed, and by the database."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from kit import clock
from kit.refusal import Refused
from office.access.changes import APART, Kind, confirm, propose
from office.models import Appointment, Office, Position, Role, User
from tests.factories import Staff

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
