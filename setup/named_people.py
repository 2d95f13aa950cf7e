"""The people of the office and who named them, for the check by the head after the opening (ADR 47)."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from office import clock
from office.access_changes import Kind, Outcome
from office.models import AccessChange, Appointment, Office, User

MAX_LISTED = 1000
"""Rows of the list, far more than an office has people."""


@dataclass(frozen=True)
class NamedPerson:
    """A row of the list: an appointment, or the task of an administrator if `appointment` is None.

    `named_by` proposed it, or named a stand-in during an absence. It is None if a command on the server named
    the person. `confirmed_by` is None if no second person confirmed it.
    """

    user: User
    appointment: Appointment | None
    named_by: User | None
    confirmed_by: User | None

    @property
    def ended_on(self) -> dt.date | None:
        """The last day of an appointment that is over."""
        last = self.appointment.last_day if self.appointment else None
        is_over = last and self.appointment and (self.appointment.ended_at or last < clock.today())
        return last if is_over else None


def list_named() -> list[NamedPerson]:
    """Return the administrators and all appointments of today and later, without closed accounts.

    While the list waits, closed accounts and appointments that ended after the opening are among them: they
    could open cases.
    """
    office = Office.load()
    opened_at = office.opened_at if office.awaits_staff_check else None
    accounts = User.objects.all() if opened_at else User.objects.filter(is_active=True)
    named_by = {
        (one.user_id, one.position_id, one.starts): (one.proposed_by, one.decided_by)
        for one in _list_in_effect().select_related("proposed_by", "decided_by").order_by("pk")
    }
    administrators = accounts.filter(is_staff=True).order_by("name", "pk")
    rows = [
        NamedPerson(one, None, *named_by.get((one.pk, None, None), (None, None))) for one in administrators
    ]
    for one in _list_held(opened_at or clock.now()).filter(user__in=accounts):
        stand_in = getattr(one, "delegation", None)
        key = (one.user_id, one.position_id, one.starts)
        by = (stand_in.by, None) if stand_in else named_by.get(key, (None, None))
        rows.append(NamedPerson(one.user, one, *by))
    return rows[:MAX_LISTED]


def has_named(user: User) -> bool:
    """Return whether `user` named somebody without a second person."""
    return _list_in_effect().filter(proposed_by=user, decided_by=None).exists()


def _list_held(moment: dt.datetime) -> QuerySet[Appointment]:
    """Return the appointments that lasted at that moment, and later ones."""
    lasts = Q(ends=None) | Q(ends__gte=timezone.localdate(moment))
    not_ended = Q(ended_at=None) | Q(ended_at__gt=moment)
    held = Appointment.objects.filter(lasts, not_ended)
    more = ("user", "position__division", "delegation__by")
    return held.select_related(*more).order_by("user__name", "pk")


def _list_in_effect() -> QuerySet[AccessChange]:
    """Return the changes that named holders of positions and administrators."""
    return AccessChange.objects.filter(kind__in=(Kind.APPOINT, Kind.GRANT_ADMIN), outcome=Outcome.CONFIRMED)
