"""Queries of a system. Every endpoint starts here, and from here at `visible_to` of its official."""

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from consultations.models import Case
from consultations.models.case import CaseQuerySet
from exchange.models import SubmittedCase, System, Webhook, WebhookEvent
from kit.cache import remembered
from office import rights
from office.models import User
from reports.models import Document


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
    found = System.objects.select_related("official", "proposed_by", "revoked_by", "webhook")
    return found if rights.CHANGE_ACCESS.is_held_by(user) else found.filter(official=user)


def may_see_systems(user: User) -> bool:
    """Return whether the user has the page of other systems by right, or as the official of a system."""
    return rights.SEE_SYSTEMS.is_held_by(user) or System.objects.filter(official=user).exists()


@remembered
def list_webhooks() -> list[Webhook]:
    """Return all webhooks that are not stopped, with their systems and officials."""
    return list(Webhook.objects.filter(stopped_at=None).select_related("system__official").order_by("pk"))


def list_events(system: System) -> QuerySet[WebhookEvent]:
    """Return what was announced to the system, the oldest first."""
    found = WebhookEvent.objects.filter(Q(webhook__system=system)).select_related("event__case")
    return found.order_by("pk")
