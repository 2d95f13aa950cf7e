"""Documents of step 1: the applicant's form and the receipt."""

from typing import Any

from django.db.models import Q

from consultations.enums import Identity, Kind
from consultations.models import Attachment, Case, Event
from office.models import Office
from office.public_url import get_public_url
from reports.contexts.source import Source


def find_form(case: Case) -> Source | None:
    """Return the event that the form is generated from; none for walk-ins or if a letter was uploaded."""
    written = case.history.filter(verb__in=["submit", "receive", "complete"]).order_by("-pk").first()
    return form_of_event(case, written) if written else None


def form_of_event(case: Case, written: Event) -> Source | None:
    """Return the source of the form that an event issues."""
    if case.is_walk_in or case.attachments.filter(purpose=Attachment.Purpose.LETTER).exists():
        return None
    return Source(written, None, written.title, written.happened_at)


def form_context(case: Case, event: Event) -> dict[str, Any]:
    """Return what the form (Formulir Permohonan) adds to the case.

    `attachments` is their number, without those that the office added. `about` is the party that a complaint
    is about.
    """
    return {
        "attachments": case.attachments.exclude(purpose__in=Attachment.FROM_OFFICE).count(),
        "about": case.complained_party if case.kind == Kind.COMPLAINT else "",
    }


def find_receipt(case: Case) -> Source | None:
    """Return the event with which the case came in or its link was renewed last."""
    events = case.history.filter(Q(source="") | Q(verb="renew_link"))
    taken_in = events.select_related("by").order_by("pk").last()
    return receipt_of_event(case, taken_in) if taken_in else None


def receipt_of_event(case: Case, taken_in: Event) -> Source:
    """Return the source of the receipt that an event issues. Online, the service itself issues it."""
    title = taken_in.title if taken_in.by else f"Layanan daring {Office.load().name}".strip()
    return Source(taken_in, taken_in.by, title, taken_in.happened_at)


def receipt_context(case: Case, event: Event) -> dict[str, Any]:
    """Return how the case came in, the secret link, and the tracking code if it opens anything.

    `is_renewed`: the link of the receipt (Tanda Terima) replaces a lost one.
    """
    return {
        "taken_in": case.history.filter(source="").select_related("by").earliest("pk"),
        "is_renewed": event.source != "",
        "link": get_public_url("follow", case.secret),
        "tracking_code": case.code if case.identity == Identity.OPEN else "",
    }
