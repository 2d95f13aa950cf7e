"""Changes of access by two people: one proposes, another confirms or refuses (ADR 39).

The deciders are the administrators and the head (Kepala Dinas, also acting). Nobody may confirm the own
proposal or a change of the own access. Closing an account needs no second person. If the
office has never had a second decider, or its service is not open yet, no change needs one.
"""

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from kit import clock
from kit.refusal import Refused
from office import rights
from office.access.accounts import is_address_taken, is_nip_taken
from office.access.sessions import is_shut_out, recover
from office.models import AccessChange, Appointment, FactorRequirement, Office, Role, User, list_holders
from office.models.people import ORDER_MISSING
from office.signals import access_change_decided, access_change_proposed
from office.worktime import WorkingTime

LASTS = 5
"""Working days after the day of a proposal until it expires."""

Kind = AccessChange.Kind
Outcome = AccessChange.Outcome


APART = gettext_lazy(
    "Administrator tidak dapat menjadi Pengawas, karena Pengawas membaca pengaduan tentang pimpinan. "
    "Akhiri dulu salah satunya."
)
"""Why no administrator may be a Pengawas. Triggers enforce it too (`people.list_separations`)."""

OF_SUPERVISORS = Q(position__role=Role.SUPERVISOR) | Q(appointment__position__role=Role.SUPERVISOR)
"""Match changes of positions of a Pengawas."""


def list_deciders() -> QuerySet[User]:
    """Return the users who may propose and decide now."""
    return User.objects.filter(Q(is_staff=True) | Q(pk__in=list_holders(Role.HEAD)), is_active=True)


def has_had_others(user: User) -> bool:
    """Return whether another person than `user` was ever a decider.

    Closed accounts and ended appointments count: otherwise the last decider could make changes alone.
    """
    head = Q(appointments__position__role=Role.HEAD, appointments__starts__lte=clock.today())
    return User.objects.filter(Q(is_staff=True) | head).exclude(pk=user.pk).exists()


def visible_changes(user: User) -> QuerySet[AccessChange]:
    """Return all changes if the user is a decider, else those about the user or proposed by the user.

    A Pengawas also sees changes of positions of a Pengawas.
    """
    found = AccessChange.objects.select_related(
        "user", "position", "appointment__position", "proposed_by", "decided_by"
    )
    if rights.CHANGE_ACCESS.is_held_by(user):
        return found
    mine = Q(user=user) | Q(proposed_by=user)
    return found.filter(mine | OF_SUPERVISORS if Role.SUPERVISOR in user.roles else mine)


def list_watchers(change: AccessChange) -> QuerySet[User]:
    """Return the present Pengawas, to be notified, if the change is about a position of a Pengawas.

    Otherwise two deciders could appoint somebody who reads the complaints about them (ADR 38).
    """
    position = change.appointment.position if change.appointment else change.position
    watched = position is not None and position.role == Role.SUPERVISOR
    return User.objects.filter(pk__in=list_holders(Role.SUPERVISOR) if watched else ())


def list_open(changes: QuerySet[AccessChange]) -> QuerySet[AccessChange]:
    """Return those of `changes` that wait for a decision."""
    return changes.filter(outcome="", expires_at__gt=clock.now())


def list_past(changes: QuerySet[AccessChange]) -> QuerySet[AccessChange]:
    """Return those of `changes` that were decided or expired."""
    return changes.filter(~Q(outcome="") | Q(expires_at__lte=clock.now()))


def propose(kind: Kind, user: User, *, by: User, **what: Any) -> AccessChange:
    """Store a proposal to change the access of `user`. It takes effect at once if no second person is needed.

    `what` holds the fields of the change. An appointment has `position`, `acting`, `starts` and `ends`. An
    acting one also has `order_number` and `order_date`. A new last day has `appointment` and `ends`. An
    address, NIP or requirement has its new `value`. Raise PermissionDenied if `by` is no decider. Raise
    Refused if the change is not possible.
    """
    rights.CHANGE_ACCESS.check(by)
    with transaction.atomic():
        office = Office.lock()
        user = User.objects.get(pk=user.pk)  # as it is now
        change = AccessChange(kind=kind, user=user, proposed_by=by, expires_at=_get_expiry(), **what)
        change.before = _read_value(change)
        if kind in (Kind.PASSWORD, Kind.FACTOR) and user == by:
            raise Refused(_("Pemulihan diusulkan oleh orang lain, bukan oleh pemilik akun."))
        if obstacle := _find_obstacle(change):
            raise Refused(obstacle, field="value")
        same = AccessChange.objects.filter(kind=kind, user=user, **what)
        if list_open(same).exists():
            raise Refused(_("Perubahan ini sudah diusulkan dan menunggu keputusan."))
        change.save()
        needs_second_person = office is not None and office.is_open and has_had_others(by)
        if kind == Kind.CLOSE_ACCOUNT or not needs_second_person:
            _decide(change, Outcome.CONFIRMED, by=None)
        else:
            access_change_proposed.send(AccessChange, change=change)
    return change


def get_objection(change: AccessChange, by: User) -> str:
    """Return why `by` cannot confirm the change, as a sentence, or "" if `by` can confirm it."""
    if change.outcome:
        return _("Usulan ini sudah diputuskan: %(outcome)s.") % {"outcome": change.get_outcome_display()}
    if change.is_expired:
        return _("Usulan ini sudah kedaluwarsa. Usulkan lagi bila masih diperlukan.")
    if by == change.proposed_by:
        return _("Anda sendiri yang mengusulkannya. Orang lain yang memutuskan.")
    if by == change.user:
        return _("Usulan ini mengenai akses Anda sendiri. Orang lain yang memutuskan.")
    if not rights.CHANGE_ACCESS.is_held_by(change.proposed_by):
        return _("Pengusul tidak lagi berwenang. Tolak usulan ini.")
    if _read_value(change) != change.before:
        return _("Datanya sudah berubah sejak diusulkan. Tolak usulan ini, lalu usulkan lagi.")
    return _find_obstacle(change)


def confirm(change: AccessChange, *, by: User) -> AccessChange:
    """Confirm a change, which takes effect at once.

    Raise PermissionDenied if `by` is no decider, and Refused if `get_objection()` returns an objection.
    """
    rights.CHANGE_ACCESS.check(by)
    with transaction.atomic():
        locked = _lock(change)
        if objection := get_objection(locked, by):
            raise Refused(objection)
        _decide(locked, Outcome.CONFIRMED, by=by)
    return locked


def refuse(change: AccessChange, *, by: User) -> AccessChange:
    """Close a proposal without effect. Its proposer may withdraw it this way.

    Raise PermissionDenied if `by` is no decider, and Refused if the proposal is decided or expired.
    """
    rights.CHANGE_ACCESS.check(by)
    with transaction.atomic():
        locked = _lock(change)
        if not locked.is_open:
            raise Refused(get_objection(locked, by))
        _decide(locked, Outcome.REFUSED, by=by)
    return locked


def _get_expiry() -> dt.datetime:
    today = clock.today()
    # An office without working hours counts every day.
    last = WorkingTime.load().add_days(today, LASTS) or today + dt.timedelta(days=LASTS)
    return clock.midnight(last + dt.timedelta(days=1))


def _lock(change: AccessChange) -> AccessChange:
    """Return the change as it is stored now, locked until the transaction ends."""
    Office.lock()
    return AccessChange.objects.select_for_update(no_key=True).get(pk=change.pk)


def _decide(change: AccessChange, outcome: Outcome, *, by: User | None) -> None:
    change.outcome, change.decided_by, change.decided_at = outcome, by, clock.now()
    change.save(update_fields=["outcome", "decided_by", "decided_at"])
    if outcome == Outcome.CONFIRMED:
        _apply(change)
    access_change_decided.send(AccessChange, change=change)


def _read_value(change: AccessChange) -> str:
    """Return the present value that the change replaces, as text. It must be unchanged at the decision."""
    match change.kind:
        case Kind.LAST_DAY:
            return str(change.appointment.ends or "") if change.appointment else ""
        case Kind.EMAIL:
            return change.user.email
        case Kind.NIP:
            return change.user.nip
        case Kind.FACTOR_RULE:
            role = change.value.partition(" ")[0]
            found = FactorRequirement.objects.filter(role=role).first()
            return found.value if found else role
    return ""


def _find_obstacle(change: AccessChange) -> str:
    """Return why the change is not possible now, as a sentence, or an empty string."""
    user = change.user
    match change.kind:
        case Kind.OPEN_ACCOUNT:
            return _("Akun ini sudah terbuka.") if user.is_active else ""
        case Kind.REVOKE_ADMIN:
            return "" if user.is_staff else _("Pegawai ini bukan administrator.")
        case Kind.LAST_DAY:
            return _find_obstacle_of_last_day(change)
    if not user.is_active:
        return _("Akun pegawai ini tertutup.")
    match change.kind:
        case Kind.APPOINT if user.is_staff and change.position and change.position.role == Role.SUPERVISOR:
            return str(APART)
        case Kind.APPOINT if change.acting and not (change.order_number and change.order_date):
            return str(ORDER_MISSING)
        case Kind.APPOINT:
            held = Appointment.objects.filter(user=user, position=change.position, ended_at=None)
            days = Q(ends=None) | Q(ends__gte=change.starts)
            if change.ends:
                days &= Q(starts__lte=change.ends)
            is_held = held.filter(days).exists()
            return _("Pegawai ini sudah memangku jabatan itu pada masa itu.") if is_held else ""
        case Kind.GRANT_ADMIN if user.is_staff:
            return _("Pegawai ini sudah administrator.")
        case Kind.GRANT_ADMIN if _will_watch(user):
            return str(APART)
        case Kind.FACTOR:
            needs_help = user.has_second_factor or is_shut_out(user)
            return "" if needs_help else _("Akun ini tidak memakai verifikasi dua langkah.")
        case Kind.EMAIL | Kind.NIP | Kind.FACTOR_RULE if change.value == change.before:
            return _("Isiannya sama dengan yang sekarang.")
        case Kind.EMAIL if is_address_taken(change.value, user):
            return _("Alamat ini sudah dipakai akun lain.")
        case Kind.NIP if is_nip_taken(change.value, user):
            return _("NIP ini sudah dipakai akun lain.")
    return ""


def _find_obstacle_of_last_day(change: AccessChange) -> str:
    held = change.appointment
    if held is None or held.user_id != change.user_id or held.ended_at:
        return _("Pemangku jabatan ini sudah diakhiri.")
    if change.ends and change.ends < held.starts:
        return _("Hari terakhir tidak boleh sebelum hari pertama.")
    if change.ends == held.ends:
        return _("Hari terakhirnya sudah demikian.")
    lasts = change.ends is None or change.ends >= clock.today()
    if lasts and held.user.is_staff and held.position.role == Role.SUPERVISOR:
        return str(APART)
    return ""


def _will_watch(user: User) -> bool:
    """Return whether the user is a Pengawas now, or will be."""
    lasts = Q(ends=None) | Q(ends__gte=clock.today())
    held = Appointment.objects.filter(lasts, user=user, ended_at=None, position__role=Role.SUPERVISOR)
    return held.exists()


def _apply(change: AccessChange) -> None:
    """Make the change in the database. Write only the columns that change."""
    user = change.user
    match change.kind:
        case Kind.APPOINT if change.position and change.starts:
            Appointment.objects.create(
                user=user,
                position=change.position,
                acting=change.acting,
                order_number=change.order_number,
                order_date=change.order_date,
                starts=change.starts,
                ends=change.ends,
            )
        case Kind.LAST_DAY if change.appointment:
            change.appointment.ends = change.ends
            change.appointment.save(update_fields=["ends"])
        case Kind.GRANT_ADMIN:
            user.is_staff = True
            user.save(update_fields=["is_staff"])
        case Kind.REVOKE_ADMIN:
            user.is_staff = user.is_superuser = False
            user.save(update_fields=["is_staff", "is_superuser"])
        case Kind.OPEN_ACCOUNT | Kind.CLOSE_ACCOUNT:
            user.is_active = change.kind == Kind.OPEN_ACCOUNT
            user.save(update_fields=["is_active"])
        case Kind.PASSWORD:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        case Kind.EMAIL:
            user.email = change.value
            user.save(update_fields=["email"])
            EmailAddress.objects.filter(user=user).exclude(email=user.email.lower()).delete()
        case Kind.NIP:
            user.nip = change.value
            user.save(update_fields=["nip"])
        case Kind.FACTOR:
            recover(user.username)
        case Kind.FACTOR_RULE:
            rule = FactorRequirement.from_value(change.value)
            more = {"is_required": rule.is_required, "grace_days": rule.grace_days}
            FactorRequirement.objects.update_or_create(role=rule.role, defaults=more)
    if change.kind in (Kind.CLOSE_ACCOUNT, Kind.PASSWORD, Kind.FACTOR):
        for session in UserSession.objects.filter(user=user):
            session.end()
