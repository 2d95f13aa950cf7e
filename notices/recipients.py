"""Who is told, today: the people behind the relations of the table."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from consultations.models import Case, Event
from notices.models import Kind
from notices.telling import Telling, To
from office.models import Appointment, Role, User


def told(case: Case, event: Event, before: Mapping[str, Any], rows: Iterable[Telling]) -> dict[User, Kind]:
    """The staff whom the rows name, each with what he or she is told: the first row that fits.

    Only who holds the position today; not who took the step, nor the official complained about.
    One query for each row.
    """
    found: dict[User, Kind] = {}
    for row in rows:
        if row.to is not To.APPLICANT:
            for user in User.objects.filter(pk__in=_holders(row.to, case, before)):
                found.setdefault(user, row.kind)
    shut_out = {event.by_id, case.complained_about_id}
    return {user: kind for user, kind in found.items() if user.pk not in shut_out}


def _holders(to: To, case: Case, before: Mapping[str, Any]) -> object:
    return Appointment.objects.current().filter(_position(to, case, before)).values("user")


def _position(to: To, case: Case, before: Mapping[str, Any]) -> Q:
    """By which appointment somebody is `to` to the case, as `consultations.parties` says."""
    match to:
        case To.TIM_PKD:
            return Q(position__role=Role.TIM_PKD)
        case To.HEAD:
            return Q(position__role=Role.HEAD)
        case To.DIVISION_HEAD:
            return Q(position__role=Role.DIVISION_HEAD, position__division=case.division_id)
        case To.COPIED_HEADS:
            return Q(position__role=Role.DIVISION_HEAD, position__division__in=case.copied_to.values("pk"))
        case To.OFFICER:
            return Q(user=case.officer_id, position__division=case.division_id)
        case To.FORMER_OFFICER:
            return Q(user=before["officer"])
        case To.COMPANIONS:
            return Q(user__in=case.companions.values("pk"))
        case _:
            raise ValueError(to)
