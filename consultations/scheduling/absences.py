"""Absences of the staff (Berhalangan), and acting holders (Plh., Plt.) of a head's position meanwhile.

An acting head who is away names another one. The dates of each absence decide who acts. The office says in
its data which positions may act for which (`Position.stand_ins`).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.scheduling.models import Absence, AbsenceQuerySet, Delegation
from kit import clock
from kit.clock import midnight
from kit.refusal import Refused
from office.models import Appointment, Position, Role, User
from office.models.people import ORDER_MISSING

absences_changed = Signal()
"""Sent after an absence was recorded or ended, in the same transaction."""

delegated = Signal()
"""Sent with `delegation` after it was created, in the same transaction."""

delegations_ended = Signal()
"""Sent after delegations were ended early, in the same transaction."""


HEADS = (Role.HEAD, Role.SECRETARY, Role.DIVISION_HEAD)
"""Roles of positions that somebody else may hold for a time."""

TEMPORARY = (Appointment.Acting.PLH, Appointment.Acting.PLT)


@dataclass(frozen=True)
class Candidate:
    """A person who may act for the head, with the own position. `obstacle` says why the person cannot."""

    user: User
    position: str
    obstacle: str = ""


@dataclass(frozen=True)
class Vacancy:
    """A head's position during an absence, with its acting holder or the candidates."""

    source: Appointment
    first: dt.date
    last: dt.date
    delegation: Delegation | None
    candidates: list[Candidate]


def list_vacancies(absence: Absence) -> list[Vacancy]:
    """Return the head's positions that the absent person holds during an absence, also as acting holder.

    Candidates hold their own position until the last day of the absence. The number of queries does
    not depend on the number of positions or candidates.
    """
    held = _list_sources(absence)
    delegations = absence.delegations.select_related("appointment__user", "appointment__position", "by")
    named = {one.source_id: one for one in delegations if one.appointment.ended_at is None}
    rules = Position.stand_ins.through.objects.filter(from_position__in=[one.position_id for one in held])
    allowed = set(rules.values_list("from_position", "to_position"))
    holders = Appointment.objects.current().filter(position__in={stand_in for _position, stand_in in allowed})
    stay = Q(ends=None) | Q(ends__gte=absence.last_day)
    holders = holders.filter(stay, delegation=None).exclude(user=absence.person_id)
    people = list(holders.select_related("user", "position").order_by("position__role", "user__name"))
    away = _list_away(absence, [one.user_id for one in people])
    return [
        Vacancy(
            source,
            *_get_days(absence, source),
            named.get(source.pk),
            [
                Candidate(one.user, one.title, away.get(one.user_id, ""))
                for one in people
                if (source.position_id, one.position_id) in allowed
            ],
        )
        for source in held
    ]


def may_delegate(source: Appointment, by: User) -> bool:
    """Return whether `by` is the absent head, or the Kepala Dinas for another head: both may name one."""
    return source.user_id == by.pk or (Role.HEAD in by.roles and source.position.role != Role.HEAD)


def delegate(
    absence: Absence,
    *,
    by: User,
    source: Appointment,
    to: User,
    order_number: str,
    order_date: dt.date,
    acting: str = Appointment.Acting.PLH,
) -> Delegation:
    """Let `to` hold the position of `source` on the days of the absence, from today on.

    The order (Surat Perintah) says so. Both heads may decide on these days: the first decision counts.
    Outgoing letters are signed by the acting head (`documents.numbers.find_holder`).

    Raise PermissionDenied if `by` may not name anybody. Raise Refused if the office's rules do not allow
    `to`, if `to` is away on one of these days, or if there is an acting holder already.
    """
    if not may_delegate(source, by):
        raise PermissionDenied
    if not (order_number and order_date):
        raise Refused(ORDER_MISSING, field="order_number")
    with transaction.atomic():
        locked = Absence.objects.select_for_update(no_key=True).get(pk=absence.pk)
        # The giver may lose the position at this moment: `_end()` locks it too, and ends what it finds.
        Appointment.objects.select_for_update(no_key=True).get(pk=source.pk)
        vacancy = next((v for v in list_vacancies(locked) if v.source.pk == source.pk), None)
        if vacancy is None or locked.is_over:
            raise Refused(_("Jabatan ini tidak perlu digantikan selama masa itu."))
        if vacancy.delegation:
            raise Refused(_("Pengganti sudah ditunjuk. Akhiri dahulu penunjukannya."))
        chosen = next((one for one in vacancy.candidates if one.user == to), None)
        if chosen is None:
            raise Refused(_("Jabatan orang ini tidak boleh menggantikan. Pilih dari daftar."), field="to")
        if chosen.obstacle:
            raise Refused(
                _("%(name)s juga berhalangan: %(absence)s. Pilih orang lain.")
                % {"name": to, "absence": chosen.obstacle},
                field="to",
            )
        appointment = Appointment.objects.create(
            user=to,
            position=source.position,
            acting=acting,
            order_number=order_number,
            order_date=order_date,
            starts=vacancy.first,
            ends=vacancy.last,
        )
        record(Act.ACCESS, by=by, target=f"pemangku jabatan “{appointment}” ditunjuk")
        delegation = Delegation.objects.create(absence=locked, source=source, appointment=appointment, by=by)
        delegated.send(Delegation, delegation=delegation)
    return delegation


def end_delegation(delegation: Delegation, *, by: User) -> None:
    """End a delegation now, and those that the acting holder has made.

    Raise PermissionDenied if `by` may not, and Refused if it is over.
    """
    if not may_delegate(delegation.source, by):
        raise PermissionDenied
    with transaction.atomic():
        if not _end(Delegation.objects.filter(pk=delegation.pk), by=by):
            raise Refused(_("Penunjukan ini sudah berakhir."))
        delegations_ended.send(Delegation)


def list_chain(absence: Absence) -> list[Delegation]:
    """Return the delegations of an absence, followed by those of the acting holders' own absences."""
    found: list[Delegation] = []
    level = Delegation.objects.filter(absence=absence)
    while step := list(
        level.select_related("appointment__user", "appointment__position", "source__user", "source__position")
    ):
        found += step
        level = Delegation.objects.filter(source__in=[one.appointment_id for one in step])
    return found


def match_events_meanwhile(delegations: Iterable[Delegation]) -> Q:
    """Match the events of acting holders in the positions that they held meanwhile."""
    found = Q(pk__in=[])
    for held in (one.appointment for one in delegations):
        last = midnight((held.ends or clock.today()) + dt.timedelta(days=1))
        period = (midnight(held.starts), min(last, held.ended_at or last))
        found |= Q(happened_at__range=period, by=held.user_id, title=held.title)
    return found


def _end(delegations: QuerySet[Delegation], *, by: User) -> int:
    """End those delegations that are not over, then those of their acting holders. Return how many ended."""
    still = Q(ended_at=None) & Q(ends__gte=clock.today())
    found = Appointment.objects.filter(still, delegation__in=delegations).order_by("pk")
    found = found.select_for_update(no_key=True, of=("self",))
    keys = [appointment.pk for appointment in found]
    if keys:
        for appointment in found:
            appointment.ended_at, appointment.ended_by = clock.now(), by
            appointment.save(update_fields=["ended_at", "ended_by"])
        for key in keys:
            record(Act.ACCESS, by=by, target=f"pemangku jabatan {key} diakhiri")
        _end(Delegation.objects.filter(source__in=keys), by=by)
    return len(keys)


def _list_sources(absence: Absence) -> list[Appointment]:
    held = Appointment.objects.during(max(absence.first_day, clock.today()), absence.last_day)
    held = held.filter(user=absence.person_id, position__role__in=HEADS)
    return list(held.select_related("position", "user").order_by("position__role", "pk"))


def _get_days(absence: Absence, source: Appointment) -> tuple[dt.date, dt.date]:
    first = max(absence.first_day, source.starts, clock.today())
    return first, min(absence.last_day, source.ends or absence.last_day)


def _list_away(absence: Absence, people: list[int]) -> dict[int, str]:
    days = midnight(absence.first_day), midnight(absence.last_day + dt.timedelta(days=1))
    found = Absence.objects.between(*days).filter(person__in=people)
    return {one.person_id: one.summary for one in found}


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
    *, by: User, person: User, starts_at: dt.datetime, ends_at: dt.datetime, reason: str, note: str = ""
) -> Absence:
    """Record that a person is away from `starts_at` until `ends_at`.

    Sessions in this time stay planned: `queries.py` finds them. Raise PermissionDenied if `by` may not
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
        if _end(locked.delegations.all(), by=by):
            delegations_ended.send(Delegation)
        absences_changed.send(Absence)
    absence.refresh_from_db()
