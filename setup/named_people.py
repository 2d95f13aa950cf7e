"""The people of the office and who named them, for the check by the head after the opening (ADR 47)."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from office import clock
from office.access_changes import Kind, Outcome
from office.models import AccessChange, Appointment, User

MAX_LISTED = 1000
"""Rows of the list, far more than an office has people."""


@dataclass(frozen=True)
class NamedPerson:
    """A row of the list: an appointment, or the task of an administrator if `appointment` is None.

    `named_by` is None if a command on the server named the person.
    """

    user: User
    appointment: Appointment | None
    named_by: User | None


def list_named() -> list[NamedPerson]:
    """Return the administrators and all appointments of today and later."""
    changes = _list_alone().select_related("proposed_by")
    named_by = {(one.user_id, one.position_id, one.starts): one.proposed_by for one in changes}
    held = Appointment.objects.filter(Q(ends=None) | Q(ends__gte=clock.today()), ended_at=None)
    administrators = User.objects.filter(is_staff=True, is_active=True).order_by("name", "pk")
    rows = [NamedPerson(one, None, named_by.get((one.pk, None, None))) for one in administrators]
    rows += [
        NamedPerson(one.user, one, named_by.get((one.user_id, one.position_id, one.starts)))
        for one in held.select_related("user", "position__division").order_by("user__name", "pk")
    ]
    return rows[:MAX_LISTED]


def has_named(user: User) -> bool:
    """Return whether `user` named somebody without a second person."""
    return _list_alone().filter(proposed_by=user).exists()


def _list_alone() -> QuerySet[AccessChange]:
    """Return the appointments and administrators that took effect without a second person."""
    return AccessChange.objects.filter(
        kind__in=(Kind.APPOINT, Kind.GRANT_ADMIN), outcome=Outcome.CONFIRMED, decided_by=None
    )
