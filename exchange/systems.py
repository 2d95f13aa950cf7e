"""Other systems (Sistem lain): propose, grant and revoke their access (ADR 45), and mail the officials."""

import datetime as dt
import logging
import secrets
from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.enums import Task
from consultations.models import WorkItem
from consultations.parties import is_supervisor
from consultations.work import replace_items
from exchange.models import System, SystemQuerySet
from kit import clock
from kit.encryption import hash_token
from kit.records import leave_entry
from kit.refusal import Refused
from kit.urls import get_public_url
from notices.mail import NoAnswer, NotSent, Rejected, Unreachable, has_mail_server, send_text
from office import rights
from office.models import User

logger = logging.getLogger(__name__)

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
        raise Refused(gettext("Pengusul dan penanggung jawab harus dua orang."), field="official")
    if not can_be_responsible(system.official):
        raise Refused(gettext("Pilih pejabat yang memangku jabatan hari ini."), field="official")
    system.proposed_by = by
    with transaction.atomic():
        system.save(force_insert=True)
        _store_item(system)
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
        raise Refused(gettext("Token berlaku paling sedikit 1 dan paling lama 365 hari."), field="days")
    token = TOKEN_START + secrets.token_urlsafe(32)
    now = clock.now()
    with transaction.atomic():
        issued = System.objects.filter(pk=system.pk, official=by, revoked_at=None).update(
            token_hash=hash_token(token), issued_at=now, expires_at=now + dt.timedelta(days=days)
        )
        if not issued:
            raise Refused(gettext("Sistem ini sudah dicabut."))
        leave_entry(system)
        _store_item(system, by=by)
        record_change(system, f"token diterbitkan untuk {days} hari", by=by)
    return token


def revoke(system: System, *, by: User) -> None:
    """End the access of a system at once, and its webhook. No second person is needed.

    Raise PermissionDenied unless `by` is the official or changes access. A second call does nothing.
    """
    check_may_end(system, by)
    with transaction.atomic():
        revoked = System.objects.filter(pk=system.pk, revoked_at=None)
        if revoked.update(revoked_at=clock.now(), revoked_by=by):
            leave_entry(system)
            _store_item(system, by=by)
            record_change(system, "dicabut", by=by)


def list_items(systems: SystemQuerySet) -> Iterator[WorkItem]:
    """Yield the work items of the systems whose official must issue a token, not saved."""
    for system in systems.waiting():
        item = WorkItem(kind=Task.SYSTEM, subject=str(system.pk))
        item.user_id, item.since = system.official_id, system.proposed_at
        yield item


def _store_item(system: System, *, by: User | None = None) -> None:
    present = WorkItem.objects.open().filter(case=None, kind=Task.SYSTEM, subject=str(system.pk))
    replace_items(present, list_items(System.objects.filter(pk=system.pk)), by=by)


def check_may_end(system: System, by: User) -> None:
    """Raise PermissionDenied unless the user is the official of the system or changes access."""
    if system.official != by:
        rights.CHANGE_ACCESS.check(by)


def record_change(system: System, what: str, *, by: User) -> None:
    """Record a change. The sentence goes on record, so it is Indonesian."""
    record(Act.ACCESS, by=by, target=f"Sistem lain {system.pk}, “{system.name}”: {what}")


MAX_MAILS = 20
"""Mails of one run."""


def list_unannounced() -> QuerySet[System]:
    """Return the systems about which a mail to their official waits."""
    waiting = System.objects.waiting().filter(notified_at=None, official__is_active=True)
    return waiting.exclude(official__email="")


def notify_officials() -> int:
    """Mail each official with an address once about each system that waits. Return the number of mails.

    May run in several processes at once. The next run repeats a mail that was not sent, unless it was refused
    for good. The desk shows the system in any case.
    """
    if not has_mail_server():
        return 0
    sent = 0
    for system in list_unannounced().select_related("official", "proposed_by")[:MAX_MAILS]:
        own = System.objects.filter(pk=system.pk)
        if not own.filter(notified_at=None).update(notified_at=clock.now()):
            continue  # another process sends it
        try:
            _send(system)
            sent += 1
        except Rejected as error:
            logger.error("the official of system %s cannot be notified: %s", system.pk, error)
        except NotSent as error:
            own.update(notified_at=None)
            logger.warning("the official of system %s is notified later: %s", system.pk, error)
            if isinstance(error, Unreachable | NoAnswer):
                break  # the others would wait for the same server
    return sent


def _send(system: System) -> None:
    with translation.override("id"):
        context = {"system": system, "url": get_public_url("system_access", system.pk)}
        name = " ".join(system.name.split())
        subject = gettext("Sistem “%(name)s” menunggu token dari Anda") % {"name": name}
        send_text(subject, render_to_string("exchange/proposal.txt", context), system.official.email)


def list_systems(user: User) -> QuerySet[System]:
    """Return all systems for users who change access, and the user's own systems for others."""
    found = System.objects.select_related("official", "proposed_by", "revoked_by")
    return found if rights.CHANGE_ACCESS.is_held_by(user) else found.filter(official=user)


def may_see_systems(user: User) -> bool:
    """Return whether the user has the page of other systems by right, or as the official of a system."""
    return rights.SEE_SYSTEMS.is_held_by(user) or System.objects.filter(official=user).exists()
