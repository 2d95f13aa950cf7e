"""The head checks the people whom one person named before the opening (ADR 47)."""

import datetime as dt
from dataclasses import dataclass

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultations.audit.models import Act
from consultations.audit.services import record
from kit import clock
from kit.refusal import Refused
from office import rights
from office.access.changes import Kind, Outcome
from office.models import AccessChange, Appointment, Office, User
from office.rights import StaffRequest, requires

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


def confirm_staff(*, by: User) -> None:
    """Store that the head has checked the list. A list that no longer waits stays as it is.

    Raise PermissionDenied if `by` is not the head, Refused if `by` named somebody of the list.
    """
    rights.CHECK_PEOPLE.check(by)
    with transaction.atomic():
        Office.lock()
        if has_named(by):
            raise Refused(_("Anda sendiri menunjuk sebagian orang ini. Orang lain yang memeriksanya."))
        if Office.objects.filter(pk=1, awaits_staff_check=True).update(awaits_staff_check=False):
            record(Act.SETTING, by=by, target=f"Daftar orang diperiksa: {len(list_named())} baris")


@requires(rights.CHECK_PEOPLE)
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_check(request: StaffRequest) -> HttpResponse:
    """Show the list to the head. POST confirms it."""
    if request.method == "POST":
        try:
            confirm_staff(by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("staff_check")
        messages.success(request, _("Daftar orang sudah Anda periksa."))
        return redirect("desk")
    context = {
        "rows": list_named(),
        "waits": Office.load().awaits_staff_check,
        "named_some": has_named(request.user),
    }
    return render(request, "setup/daftar_orang.html", context)
