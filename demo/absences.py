"""Absences of the demo office: an officer on leave, and next week a head with a stand-in."""

import datetime as dt

from office import clock
from office.models import User
from scheduling.absences import record_absence
from scheduling.delegations import delegate
from scheduling.models import Absence

from .people import Staff


def record_absences(staff: Staff) -> None:
    """Let an officer be on leave from today on, and the Kepala Dinas travel next Monday to Wednesday."""
    _record(staff.teams["DAYASOS"].officers[1], Absence.Reason.LEAVE, first=0, days=3)
    monday = 7 - clock.today().weekday()
    journey = _record(staff.head, Absence.Reason.TRAVEL, first=monday, days=3)
    deputy = staff.teams["LINJAMSOS"].head
    delegate(journey, by=staff.head, source=staff.head.current_appointments[0], to=deputy)


def _record(person: User, reason: str, *, first: int, days: int) -> Absence:
    starts_at = clock.midnight(clock.today() + dt.timedelta(days=first))
    return record_absence(
        by=person,
        person=person,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(days=days),
        reason=reason,
    )
