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

    `named_by` proposed it, or named a stand-in during an absence. It is None if a command on the server named
    the person.
    """

    user: User
    appointment: Appointment | None
    named_by: User | None


def list_named() -> list[NamedPerson]:
    """Return the administrators and all appointments of today and later, without closed accounts."""
    changes = _list_in_effect().select_related("proposed_by")
    named_by = {(one.user_id, one.position_id, one.starts): one.proposed_by for one in changes}
    administrators = User.objects.filter(is_staff=True, is_active=True).order_by("name", "pk")
    rows = [NamedPerson(one, None, named_by.get((one.pk, None, None))) for one in administrators]
    lasts = Q(ends=None) | Q(ends__gte=clock.today())
    held = Appointment.objects.filter(lasts, ended_at=None, user__is_active=True)
    for one in held.select_related("user", "position", "delegation__by").order_by("user__name", "pk"):
        delegation = getattr(one, "delegation", None)
        by = delegation.by if delegation else named_by.get((one.user_id, one.position_id, one.starts))
        rows.append(NamedPerson(one.user, one, by))
    return rows[:MAX_LISTED]


def has_named(user: User) -> bool:
    """Return whether `user` named somebody without a second person."""
    return _list_in_effect().filter(proposed_by=user, decided_by=None).exists()


def _list_in_effect() -> QuerySet[AccessChange]:
    """Return the changes that named holders of positions and administrators."""
    return AccessChange.objects.filter(kind__in=(Kind.APPOINT, Kind.GRANT_ADMIN), outcome=Outcome.CONFIRMED)
