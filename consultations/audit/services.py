"""Write and read the audit log: what a user may see of it, and who has seen a case.

An entry has the shortened network address of the client whose request this thread handles.
"""

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address, ip_network
from itertools import groupby
from operator import itemgetter
from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import transaction
from django.db.models import Count, Max, Model, Q, QuerySet
from django.db.models.functions import TruncDate
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import translation

from consultations.audit.models import BY_APPLICANT, BY_REMBUK, Act, AuditEntry
from consultations.enums import BY_CODE, Identity, Party
from consultations.models import Attachment, Case
from consultations.parties import (
    CodeHolder,
    excluding_complaints_about,
    get_title,
    is_supervisor,
    of_office_not_about,
    parties,
)
from consultations.secret_link import (
    Reading,
    case_opened,
    file_opened,
    identity_revealed,
    link_obtained,
    sum_up,
)
from consultations.taking_back import end_way_back
from kit import clock
from kit.cache import get_request
from kit.limits import get_address
from office import rights
from office.models import AccessChange, Position, User
from office.signals import (
    access_change_decided,
    access_change_proposed,
    invitation_accepted,
    invited,
    sessions_ended,
)

PREFIXES = {4: 24, 6: 48}
"""Bits of an address that are stored: enough to tell networks apart, not households."""


def get_network() -> str:
    """Return the client's network, e.g. `203.0.113.0/24`; empty outside of requests.

    Behind a proxy, the address is found as for the rate limits.
    """
    request = get_request()
    try:
        return shorten(get_address(request)) if request else ""
    except (PermissionDenied, ImproperlyConfigured):  # the server or the proxy gave no address
        return ""


@lru_cache(maxsize=1024)
def shorten(address: str) -> str:
    """Return the network of an address: /24 of IPv4, /48 of IPv6."""
    found = ip_address(address.partition("/")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network((found, PREFIXES[found.version]), strict=False))


MAX_TARGET = 200
"""Characters of a target."""


def record(act: Act, *, by: User | None, case: Case | None = None, target: str = "", title: str = "") -> None:
    """Store one entry, in the transaction of the caller if there is one.

    `by` is None for whoever opened `case` without an account (`case.holder`). The network is not stored if
    the applicant complained anonymously or in confidence. `title` names another system that acts for `by`,
    or Rembuk. The last step of a case stands once somebody else has opened it.
    """
    if case is not None and act not in BY_REMBUK:
        end_way_back(case, by=None if title else by)
    is_applicant = by is None and case is not None
    hides_network = is_applicant and case is not None and case.identity != Identity.OPEN
    with translation.override("id"):  # titles go on record
        own = get_title(by, case) if by else str(Party.APPLICANT.label) if is_applicant else ""
    if is_applicant and case is not None and isinstance(case.holder, CodeHolder):
        own = BY_CODE
    AuditEntry.objects.create(
        act=act,
        user=by,
        title=title or own,
        address="" if hides_network else get_network(),
        case=case,
        target=target[:MAX_TARGET],
    )


ACCESS_MODELS = (User, Position)
"""Models that decide who may do what. A change of others is one of the settings."""

UNKNOWN_ACCOUNT = "akun tidak dikenal"


def _record_when(signals: Any, act: Act, what: str = "") -> None:
    @receiver(signals, weak=False)
    def record_act(user: User, **more: Any) -> None:
        record(act, by=user, target=what)


_record_when([account.password_changed, account.password_set, account.password_reset], Act.PASSWORD)
_record_when(invitation_accepted, Act.PASSWORD)
_record_when(account.email_changed, Act.ACCESS, "alamat surel sendiri")
_record_when(mfa.authenticator_added, Act.SECOND_FACTOR, "dipasang")
_record_when(mfa.authenticator_removed, Act.SECOND_FACTOR, "dihapus")
_record_when(mfa.authenticator_reset, Act.SECOND_FACTOR, "kode cadangan diganti")
_record_when(mfa.authenticator_used, Act.SECOND_FACTOR, "dipakai")
_record_when(mfa.authentication_failed, Act.SECOND_FACTOR, "kode salah")


WAYS = {
    "password": "kata sandi",
    "socialaccount": "penyedia identitas",
    "totp": "kode aplikasi",
    "recovery_codes": "kode cadangan",
    "webauthn": "passkey",
}
"""Names of the ways to log in, by the names of allauth. The audit log is Indonesian in every language."""


@receiver(user_logged_in)
def record_login(user: User, request: HttpRequest, **more: Any) -> None:
    """Record the login and the proofs of identity that the user gave."""
    proofs = [proof.get("type", proof["method"]) for proof in get_authentication_records(request, user)]
    record(Act.LOGIN, by=user, target=", ".join(WAYS.get(name, name) for name in dict.fromkeys(proofs)))


@receiver(user_login_failed)
def record_failed_login(credentials: dict[str, Any], **more: Any) -> None:
    """Record for which account. A name that is not an account may be a password, so it is not stored."""
    user = User.objects.filter(username__iexact=credentials.get("username", "")).first()
    record(Act.LOGIN_FAILED, by=user, target="" if user else UNKNOWN_ACCOUNT)


@receiver(user_logged_out)
def record_logout(user: User | None, request: HttpRequest, **more: Any) -> None:
    """Record a logout, or the end of an idle session: its middleware runs before the URL is resolved."""
    if isinstance(user, User):
        record(Act.LOGOUT if request.resolver_match else Act.SESSION_ENDED, by=user)


@receiver(access_change_proposed)
def record_proposal(change: AccessChange, **more: Any) -> None:
    _record_access_change(change, "diusulkan", by=change.proposed_by)


@receiver(access_change_decided)
def record_decision(change: AccessChange, **more: Any) -> None:
    """Record who decided, or who changed it without a second person."""
    what = "berlaku tanpa orang kedua" if change.took_effect_alone else change.Outcome(change.outcome).label
    _record_access_change(change, what, by=change.decided_by or change.proposed_by)


@receiver(invited)
def record_invitation(user: User, by: User, **more: Any) -> None:
    record(Act.ACCESS, by=by, target=f"Undangan untuk {user.username}")


def _record_access_change(change: AccessChange, what: Any, *, by: User) -> None:
    with translation.override("id"):
        record(Act.ACCESS, by=by, target=f"Perubahan {change.pk}, {str(what).lower()}: {change.summary}")


@receiver(post_save, sender=LogEntry)
def record_change(instance: LogEntry, created: bool, **more: Any) -> None:
    """Record an entry of the administration's own log: which record, and which of its fields."""
    if not created or instance.content_type_id is None:
        return
    model = ContentType.objects.get_for_id(instance.content_type_id).model_class()
    if model is None:
        return
    with translation.override("id"):
        what = f"{instance.get_action_flag_display()}: {model._meta.verbose_name} “{instance.object_repr}”"
        target = f"{what}. {instance.get_change_message()}".rstrip()
    record(Act.ACCESS if model in ACCESS_MODELS else Act.SETTING, by=instance.user, target=target)


SAME_READING = dt.timedelta(hours=1)
"""Time in which the parts of a case that somebody opens belong to one reading of its page."""


@receiver(case_opened)
def record_case(sender: type[Case], case: Case, by: User, is_part: bool = False, **more: Any) -> None:
    """Record who opened a case. A part of its page is recorded if the user has not just opened the page."""
    known = AuditEntry.objects.filter(case=case, user=by, act=Act.CASE, at__gte=clock.now() - SAME_READING)
    if not is_part or not known.exists():
        record(Act.CASE, by=by, case=case)


@receiver(file_opened)
def record_file(sender: type[Model], file: Attachment, case: Case, by: User | None, **more: Any) -> None:
    record(Act.FILE, by=by, case=case, target=f"berkas {file.pk}")


@receiver(identity_revealed)
def record_reveal(sender: type[Case], case: Case, by: User, **more: Any) -> None:
    record(Act.IDENTITY, by=by, case=case)


@receiver(link_obtained)
def record_link(sender: type[Case], case: Case, by: User, place: str, **more: Any) -> None:
    record(Act.LINK, by=by, case=case, target=place)


class SessionsAdapter(DefaultUserSessionsAdapter):
    @transaction.atomic
    def end_sessions(self, sessions: Iterable[UserSession]) -> Any:
        for session in sessions:
            record(Act.SESSION_ENDED, by=session.user, target="perangkat lain")
        for user in {session.user for session in sessions}:
            sessions_ended.send(User, user=user)
        super().end_sessions(sessions)


READERS_OF_CASE = frozenset({Party.TIM_PKD, Party.HEAD, Party.SUPERVISOR})
"""Parties that see on the page of a case who has opened it."""

MAX_READINGS = 200
"""Latest readings that an applicant sees. Entries of one day, position and act are one reading."""


def visible_entries(user: User) -> QuerySet[AuditEntry]:
    """Return the entries that the user may read: none of complaints that are, or may be, about the user.

    A Pengawas reads those of the office's cases too, which he does not see (ADR 36).
    """
    if not rights.READ_AUDIT_LOG.is_held_by(user):
        return AuditEntry.objects.none()
    cases = excluding_complaints_about(user, "case__")
    if is_supervisor(user):
        cases |= of_office_not_about(user, "case__")
    return AuditEntry.objects.filter(Q(case=None) | cases)


def may_see_readers(user: User, case: Case) -> bool:
    return bool(READERS_OF_CASE & parties(user, case).keys())


def list_readings(case: Case, entries: Iterable[AuditEntry]) -> list[Reading]:
    """Sum up entries of the case by person, position and act, the latest first."""
    speak, applicant = case.wording.speak, str(case.wording.applicant)
    return sum_up(
        (
            str(one.user or ""),
            applicant if one.is_by_applicant else one.title,
            speak(one.get_act_display()),
            one.at,
        )
        for one in entries
    )


def list_readings_by_day(case: Case) -> list[tuple[dt.date, list[Reading]]]:
    """Return what was opened of a case on each day, the latest first, without the names of persons."""
    entries = AuditEntry.objects.filter(case=case).annotate(is_applicant=BY_APPLICANT)
    summed_up = entries.values("act", "title", "is_applicant", day=TruncDate("at")).annotate(
        times=Count("pk"), last_at=Max("at")
    )
    applicant, rows = str(case.wording.applicant), summed_up.order_by("-last_at")[:MAX_READINGS]
    readings = [
        (
            row["day"],
            Reading(
                "",
                applicant if row["is_applicant"] else row["title"],
                case.wording.speak(Act(row["act"]).label),
                row["times"],
                row["last_at"],
            ),
        )
        for row in rows
    ]
    return [(day, [one for _day, one in found]) for day, found in groupby(readings, key=itemgetter(0))]
