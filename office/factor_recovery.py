"""Recovery of a lost second factor, which two people confirm."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from office import clock
from office.models import FactorRecovery, Role, User
from office.models.second_factor import list_second_factors


class RecoveryError(Exception):
    """The confirmation is refused. The argument is a sentence for the user."""


def may_confirm(user: User) -> bool:
    """Return whether a user may confirm who lost a second factor: an administrator or the Kepala Dinas."""
    return user.is_active and (user.is_staff or Role.HEAD in user.roles)


def list_recoverable(by: User) -> QuerySet[User]:
    """Return the accounts with a second factor, without the own one."""
    factors = list_second_factors().filter(user=OuterRef("pk"))
    return User.objects.filter(Exists(factors), is_active=True).exclude(pk=by.pk).order_by("name")


def list_open() -> QuerySet[FactorRecovery]:
    """Return the recoveries that wait for the second confirmation."""
    since = clock.now() - FactorRecovery.LASTS
    return FactorRecovery.objects.filter(second_at=None, first_at__gt=since).select_related(
        "user", "first_by"
    )


@transaction.atomic
def confirm(user: User, *, by: User) -> FactorRecovery:
    """Store that `by` sees `user`. The second of two people removes the factors and ends all sessions.

    Raise RecoveryError if `by` may not confirm it, or has confirmed it already.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two confirmations at once take turns
    if by == user or not may_confirm(by):
        raise RecoveryError(_("Pemulihan dipastikan oleh dua orang lain: administrator atau Kepala Dinas."))
    if not list_second_factors().filter(user=user).exists():
        raise RecoveryError(_("Akun ini tidak memakai verifikasi dua langkah."))
    waiting = list_open().filter(user=user).first()
    if waiting is None:
        return FactorRecovery.objects.create(user=user, first_by=by, first_at=clock.now())
    if waiting.first_by == by:
        raise RecoveryError(_("Anda sudah memastikan orang ini. Orang kedua harus orang lain."))
    waiting.second_by, waiting.second_at = by, clock.now()
    waiting.save(update_fields=["second_by", "second_at"])
    Authenticator.objects.filter(user=user).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    return waiting
