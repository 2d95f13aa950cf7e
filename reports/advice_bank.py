"""The bank of reusable advice (Bank saran): officers propose, the head of the division reviews."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consultations.enums import Kind, State
from consultations.models import Case
from consultations.parties import serves
from consultations.similarity import count_common, list_terms
from kit.refusal import Refused
from office import clock
from office.models import User
from reports.items import Item
from reports.models import Report, ReusableAdvice


def may_propose(user: User, case: Case) -> bool:
    """Return whether the user serves the case, and its report is accepted. A complaint gives no advice."""
    return case.kind == Kind.CONSULTATION and case.state == State.CLOSED and serves(user, case)


def list_items(case: Case) -> list[Item]:
    """Return the items of the accepted report that are not in the bank yet."""
    accepted = Report.objects.in_force().filter(case=case).first()
    proposed = set(ReusableAdvice.objects.filter(case=case).values_list("text", flat=True))
    items = [Item.from_json(row) for row in accepted.items] if accepted else []
    return [item for item in items if item.text not in proposed]


def propose(case: Case, *, by: User, items: Iterable[Item], topic: str) -> None:
    """Propose items of the case's report for reuse. Raise PermissionDenied for other users."""
    if not may_propose(by, case):
        raise PermissionDenied
    proposed = [
        ReusableAdvice(
            case=case, division=case.division, kind=item.kind, text=item.text, topic=topic, proposed_by=by
        )
        for item in items
    ]
    for advice in proposed:
        advice.index()
    ReusableAdvice.objects.bulk_create(proposed, ignore_conflicts=True)


def review(
    advice: ReusableAdvice, *, by: User, text: str, topic: str, expires_on: dt.date | None = None
) -> None:
    """Offer the advice until a day, with the text as the head of the division wants it, or reject it.

    A later review extends or ends the time. Raise PermissionDenied for other users, and Refused if another
    item of the same case has this text.
    """
    if not heads(by, advice):
        raise PermissionDenied
    if ReusableAdvice.objects.filter(case=advice.case_id, text=text).exclude(pk=advice.pk).exists():
        raise Refused(_("Saran dengan kalimat ini sudah ada di bank. Ubah kalimatnya."), field="text")
    advice.text, advice.topic, advice.expires_on = text, topic, expires_on
    advice.reviewed_by, advice.reviewed_at = by, clock.now()
    advice.index()
    advice.save()


def heads(user: User, advice: ReusableAdvice) -> bool:
    """Return whether the user heads the division of the advice today."""
    return advice.division in user.headed_divisions


def get_offered() -> QuerySet[ReusableAdvice]:
    """Return the advice that is offered today."""
    return ReusableAdvice.objects.filter(expires_on__gte=clock.today()).select_related("division")


def get_awaiting_review(user: User) -> QuerySet[ReusableAdvice]:
    """Return the advice that waits for the review of this head, oldest first."""
    waiting = ReusableAdvice.objects.filter(division__in=user.headed_divisions, reviewed_at=None)
    return waiting.select_related("division", "proposed_by").order_by("pk")


def rank(advice: QuerySet[ReusableAdvice], text: str, *, least: int = 1) -> QuerySet[ReusableAdvice]:
    """Keep the advice that has at least `least` words in common with `text`; most common words first."""
    return (
        advice.annotate(common=count_common(list_terms(text), "words"))
        .filter(common__gte=least)
        .order_by("-common", "-pk")
    )
