"""Access to the API: the token of a request, and the cases, documents and events that its system sees."""

import datetime as dt
from functools import reduce
from ipaddress import ip_address, ip_network
from operator import or_

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from ninja.security import HttpBearer

from consultations.models import Case
from consultations.models.case import CaseQuerySet
from documents.models import Document
from exchange.api.problems import Problem
from exchange.models import Scope, SubmittedCase, System, WebhookEvent
from kit import clock
from kit.encryption import hash_token
from kit.limits import Use, consume

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


def list_visible_cases(system: System) -> CaseQuerySet:
    """Return the cases that the system sent, and with `read:cases` those that its official sees today.

    Complaints in the independent channel are never among them (ADR 38).
    """
    return reduce(or_, list_visible_parts(system))


def list_visible_parts(system: System) -> list[CaseQuerySet]:
    """Return the visible cases in parts that may overlap. A list reads each part by its own index."""
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


def list_events(system: System) -> QuerySet[WebhookEvent]:
    """Return what was announced of cases that the system sees today, the oldest first.

    A step that went to two addresses is one. The list ends before the first step that can still be taken
    back: what is read up to a key stays.
    """
    now = clock.now()
    held = WebhookEvent.objects.filter(webhook__system=system, status="WAITING", attempts=0, due_at__gt=now)
    first = held.order_by("pk").values_list("pk", flat=True).first()
    seen = list_visible_cases(system).filter(pk=OuterRef("event__case"))
    found = WebhookEvent.objects.filter(Exists(seen), webhook__system=system).select_related("event__case")
    earlier = WebhookEvent.objects.filter(
        webhook__system=system, event=OuterRef("event"), pk__lt=OuterRef("pk")
    )
    found = found.filter(pk__lt=first) if first else found
    return found.exclude(Exists(earlier)).order_by("pk")
