"""Other systems: propose, grant and revoke their access (ADR 45), mails to officials, forms, queries.

Every endpoint of the API asks for a token. It starts at a query here, and from here at `visible_to` of the
system's official.
"""

import datetime as dt
import logging
import secrets
from functools import reduce
from ipaddress import ip_address, ip_network
from operator import or_
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy as _
from ninja.security import HttpBearer

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.enums import State
from consultations.models import Case
from consultations.models.case import CaseQuerySet
from consultations.parties import is_supervisor, list_supervisors
from documents.models import Document
from exchange.api.problems import Problem
from exchange.models import COLUMNS, Scope, SubmittedCase, System, Webhook, WebhookEvent
from kit import clock
from kit.cache import remembered
from kit.encryption import hash_token
from kit.forms import LocalDateField
from kit.limits import Use, consume
from kit.refusal import Refused
from kit.urls import get_public_url
from notices.mail import NoAnswer, NotSent, Rejected, Unreachable, has_mail_server, send_text
from office import rights
from office.models import User, list_current_appointments

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
            record_change(system, "dicabut", by=by)


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


class SystemForm(forms.ModelForm):
    class Meta:
        model = System
        fields = ["name", "contact", "official", *COLUMNS.values(), "network", "rate"]
        error_messages = {
            "name": {"required": _("Tulis nama sistemnya.")},
            "contact": {"required": _("Tulis siapa yang mengelola sistem itu dan cara menghubunginya.")},
            "official": {"required": _("Pilih penanggung jawabnya.")},
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = {row.user_id for row in list_current_appointments()} - list_supervisors()
        officials = User.objects.filter(pk__in=held - {by.pk}).order_by("name", "pk")
        self.fields["official"].queryset = officials  # type: ignore[attr-defined]
        self.fields["official"].empty_label = _("Pilih pejabat")  # type: ignore[attr-defined]
        self.instance.proposed_by = by

    @property
    def scopes(self) -> list[forms.BoundField]:
        return [self[column] for column in COLUMNS.values()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(column) for column in COLUMNS.values()):
            self.add_error(COLUMNS[Scope.READ_CASES], _("Pilih paling sedikit satu kewenangan."))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Leave out nothing that a constraint compares: the proposer is known."""
        return super()._get_validation_exclusions() - {"proposed_by", "revoked_at"}  # type: ignore[misc]


class TokenForm(forms.Form):
    days = forms.IntegerField(
        label=_("Token berlaku (hari)"),
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=180,
        help_text=_("Paling lama 365 hari. Token yang lama langsung tidak berlaku."),
        error_messages={"required": _("Tulis jumlah harinya."), "invalid": _("Tulis angka, contoh: 180.")},
    )


class WebhookForm(forms.Form):
    """The address that gets the announcements, and the states that it wants to hear of."""

    url = forms.URLField(
        label=_("Alamat penerima"),
        max_length=300,
        assume_scheme="https",
        help_text=_("Contoh: https://sistem.contoh.go.id/rembuk"),
        error_messages={
            "required": _("Tulis alamatnya."),
            "invalid": _("Tulis alamat lengkap, contoh: https://sistem.contoh.go.id/rembuk"),
        },
    )
    states = forms.MultipleChoiceField(
        label=_("Umumkan hanya bila status menjadi (boleh kosong)"),
        choices=State.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Kosong: setiap langkah diumumkan."),
    )


class ReplayForm(forms.Form):
    since = LocalDateField(label=_("Kirim ulang sejak"), initial=clock.today)


@remembered
def list_waiting_officials() -> list[int]:
    """Return the keys of the officials who must issue a token, one for each system."""
    return list(System.objects.waiting().values_list("official", flat=True))


def list_visible_cases(system: System) -> CaseQuerySet:
    """Return the cases that the system sent, and with `read:cases` those that its official sees today.

    Complaints in the independent channel are never among them (ADR 38).
    """
    return reduce(or_, list_visible_parts(system))


def list_visible_parts(system: System) -> list[CaseQuerySet]:
    """Return the same cases in parts that may overlap. A list reads each part by its own index."""
    submitted = SubmittedCase.objects.filter(system=system).values("case")
    parts = [Case.objects.filter(pk__in=submitted)]
    if system.reads_cases:
        parts.append(Case.objects.visible_to(system.official))
    return [part.filter(is_independent=False) for part in parts]


def list_visible_documents(system: System, case: Case) -> QuerySet[Document]:
    """Return the issued documents in force of a visible case.

    Whoever only sent the case gets the documents for the applicant. Receipts contain the secret link, so no
    system gets them here.
    """
    sees_all = system.reads_cases and Case.objects.visible_to(system.official).filter(pk=case.pk).exists()
    found = case.documents.ready() if sees_all else case.documents.for_applicant()
    return found.exclude(kind=Document.Kind.RECEIPT).order_by("issued_at", "kind")


def list_systems(user: User) -> QuerySet[System]:
    """Return all systems for users who change access, and the user's own systems for others."""
    found = System.objects.select_related("official", "proposed_by", "revoked_by")
    return found if rights.CHANGE_ACCESS.is_held_by(user) else found.filter(official=user)


def may_see_systems(user: User) -> bool:
    """Return whether the user has the page of other systems by right, or as the official of a system."""
    return rights.SEE_SYSTEMS.is_held_by(user) or System.objects.filter(official=user).exists()


@remembered
def list_webhooks() -> list[Webhook]:
    """Return all webhooks that are not stopped, with their systems and officials."""
    return list(Webhook.objects.filter(stopped_at=None).select_related("system__official").order_by("pk"))


def list_events(system: System) -> QuerySet[WebhookEvent]:
    """Return what was announced of cases that the system sees today, the oldest first.

    A step that went to two addresses is one.
    """
    seen = list_visible_cases(system).filter(pk=OuterRef("event__case"))
    found = WebhookEvent.objects.filter(Exists(seen), webhook__system=system).select_related("event__case")
    earlier = WebhookEvent.objects.filter(
        webhook__system=system, event=OuterRef("event"), pk__lt=OuterRef("pk")
    )
    return found.exclude(Exists(earlier)).order_by("pk")


NOTED_EVERY = dt.timedelta(minutes=1)
"""Time between two moments of `last_used_at`, so that not every request writes it."""


class Token(HttpBearer):
    """Accept a token of a usable system that has one of `scopes`; any usable token without scopes."""

    def __init__(self, *scopes: Scope) -> None:
        super().__init__()
        self.scopes = frozenset(scopes)

    def authenticate(self, request: HttpRequest, token: str) -> System | None:
        """Return the system, or None for an answer with status 401. Raise Problem (403, 429)."""
        found = System.objects.usable().select_related("official").filter(token_hash=hash_token(token))
        system = found.first()
        if system is None or not _comes_from(request, system):
            return None
        if not consume(request, Use("api", str(system.pk), rate=f"{system.rate}/m/key")):
            raise Problem(429, headers={"Retry-After": "60"})
        if self.scopes and self.scopes.isdisjoint(system.scopes):
            raise Problem(403)
        now = clock.now()
        if system.last_used_at is None or system.last_used_at < now - NOTED_EVERY:
            System.objects.filter(pk=system.pk).update(last_used_at=now)
        return system


def _comes_from(request: HttpRequest, system: System) -> bool:
    if not system.network:
        return True
    try:
        address = ip_address(get_adapter().get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured, ValueError):  # the server or proxy gave no address
        return False
    return (getattr(address, "ipv4_mapped", None) or address) in ip_network(system.network)
