"""Record absences of the staff (Berhalangan) and end them early."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consultations.scheduling.delegations import end_all
from consultations.scheduling.models import Absence
from consultations.scheduling.models.absence import AbsenceQuerySet
from consultations.scheduling.signals import absences_changed
from kit import clock
from kit.refusal import Refused
from office.models import Appointment, Role, User

UNDER_HEAD = (Role.SECRETARY, Role.DIVISION_HEAD)
"""Roles of the positions directly under the Kepala Dinas."""


def list_people(by: User) -> QuerySet[User]:
    """Return the people for whom `by` may enter an absence.

    The Sekretariat enters them for everybody, the Kepala Dinas for the Sekretaris and each Kepala Bidang,
    and a Kepala Bidang for the officers of the division. All others enter their own. An acting holder (Plh.)
    neither reads nor ends the absence of the head.
    """
    if Role.SECRETARIAT in by.roles:
        return User.objects.in_office()
    people = Q(pk=by.pk)
    if Role.HEAD in by.roles:
        heads = Appointment.objects.current().filter(position__role__in=UNDER_HEAD)
        people |= Q(pk__in=heads.values("user"))
    officers = Appointment.objects.current().filter(position__role=Role.OFFICER)
    people |= Q(pk__in=officers.filter(position__division__in=by.headed_divisions).values("user"))
    return User.objects.in_office().filter(people)


def visible_absences(by: User) -> AbsenceQuerySet:
    """Return the absences that `by` may enter or end, and those during which `by` is acting holder."""
    stands_in = Q(delegations__appointment__user=by)
    found = Absence.objects.filter(Q(person__in=list_people(by).values("pk")) | stands_in).distinct()
    return found.select_related("person", "entered_by", "ended_by")


def may_manage(person: User, by: User) -> bool:
    """Return whether `by` may enter and end absences of a person."""
    return list_people(by).filter(pk=person.pk).exists()


def record_absence(
    *,
    by: User,
    person: User,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    reason: str,
    note: str = "",
) -> Absence:
    """Record that a person is away from `starts_at` until `ends_at`.

    Sessions in this time stay planned: `collisions.py` finds them. Raise PermissionDenied if `by` may not
    enter it for this person, and Refused if the time has passed or is entered already.
    """
    if not may_manage(person, by):
        raise PermissionDenied
    if ends_at <= clock.now():
        raise Refused(_("Waktu ini sudah lewat. Pilih hari ini atau yang akan datang."), field="last_day")
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        if other := person.absences.between(starts_at, ends_at).first():
            raise Refused(
                _("%(name)s sudah tercatat berhalangan: %(absence)s. Akhiri dahulu yang itu.")
                % {"name": person, "absence": other.summary},
                field="first_day",
            )
        absence = person.absences.create(
            starts_at=starts_at, ends_at=ends_at, reason=reason, note=note, entered_by=by
        )
        absences_changed.send(Absence)
    return absence


def end_absence(absence: Absence, *, by: User) -> None:
    """End an absence now, with its delegations. One that has not begun never takes place.

    Raise PermissionDenied if `by` may not, and Refused if it is over.
    """
    if not may_manage(absence.person, by):
        raise PermissionDenied
    with transaction.atomic():
        locked = Absence.objects.select_for_update(no_key=True).get(pk=absence.pk)
        if locked.is_over:
            raise Refused(_("Masa berhalangan ini sudah berakhir."))
        locked.ended_at, locked.ended_by = clock.now(), by
        locked.save(update_fields=["ended_at", "ended_by"])
        end_all(locked, by=by)
        absences_changed.send(Absence)
    absence.refresh_from_db()
