"""Grant and revoke the access of another system (ADR 45). Each change is an entry of the audit log."""

import datetime as dt
import secrets

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from audit.models import Act
from audit.services import record
from consultations.parties import is_supervisor
from exchange.models import System
from kit.refusal import Refused
from office import clock, rights
from office.encryption import hash_token
from office.models import User

LONGEST_DAYS = 365
"""Days for which a token can be valid."""

TOKEN_START = "rbk_"  # noqa: S105 -- how each token begins, so that scanners of leaks find it


def propose(system: System, *, by: User) -> System:
    """Store a proposed system. It can do nothing until its official issues a token.

    Raise PermissionDenied unless `by` changes access (ADR 39), and Refused if the official cannot be
    responsible for it.
    """
    rights.CHANGE_ACCESS.check(by)
    if system.official == by:
        raise Refused(_("Pengusul dan penanggung jawab harus dua orang."), field="official")
    if not can_be_responsible(system.official):
        raise Refused(_("Pilih pejabat yang memangku jabatan hari ini."), field="official")
    system.proposed_by = by
    with transaction.atomic():
        system.save(force_insert=True)
        record_change(system, f"diusulkan, {' '.join(system.scopes)}", by=by)
    return system


def can_be_responsible(user: User) -> bool:
    """Return whether the user holds a position today, and is not a Pengawas, who has other cases."""
    return bool(user.current_appointments) and not is_supervisor(user)


def issue_token(system: System, *, by: User, days: int) -> str:
    """Return a new token, which is valid for `days` days from now. The one before ends.

    The token is shown once; the database has its hash. Raise PermissionDenied unless `by` is the official
    and holds a position, and Refused if the system was revoked or `days` is out of bounds.
    """
    if system.official != by or not can_be_responsible(by):
        raise PermissionDenied
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(_("Token berlaku paling sedikit 1 dan paling lama 365 hari."), field="days")
    token = TOKEN_START + secrets.token_urlsafe(32)
    now = clock.now()
    with transaction.atomic():
        issued = System.objects.filter(pk=system.pk, official=by, revoked_at=None).update(
            token_hash=hash_token(token), issued_at=now, expires_at=now + dt.timedelta(days=days)
        )
        if not issued:
            raise Refused(_("Sistem ini sudah dicabut."))
        record_change(system, f"token diterbitkan untuk {days} hari", by=by)
    return token


def revoke(system: System, *, by: User) -> None:
    """End the access of a system at once, and its webhook. No second person is needed.

    Raise PermissionDenied unless `by` is the official or changes access. A second call does nothing.
    """
    if system.official != by and not rights.CHANGE_ACCESS.is_held_by(by):
        raise PermissionDenied
    with transaction.atomic():
        revoked = System.objects.filter(pk=system.pk, revoked_at=None)
        if revoked.update(revoked_at=clock.now(), revoked_by=by):
            record_change(system, "dicabut", by=by)


def record_change(system: System, what: str, *, by: User) -> None:
    """Record a change. The sentence goes on record, so it is Indonesian."""
    record(Act.ACCESS, by=by, target=f"Sistem lain {system.pk}, “{system.name}”: {what}")
