"""Papers of steps 5 and 6: Telaahan Staf and Pemberitahuan Jadwal."""

from typing import Any

from consultations.models import Case
from dispositions.models import StaffReview
from reports.facts.record import Record
from reports.lines import items_of
from scheduling.models import Session
from scheduling.queries import current_session

PLANNED = ("schedule", "reschedule")
"""The verbs that set a time for the consultation."""


def staff_review(case: Case) -> Record | None:
    """The officer's review for the head, where the division head asked for one."""
    review = StaffReview.objects.filter(case=case).select_related("by").first()
    return Record(review, review.by, review.title, review.at) if review else None


def staff_review_facts(case: Case, review: StaffReview) -> dict[str, Any]:
    """The six parts, and what other agencies had been asked and had answered when it was written."""
    asked = case.opinions.filter(asked_at__lte=review.at).order_by("asked_at", "pk")
    return {
        "review": review,
        "assumptions": items_of(review.assumptions),
        "found": items_of(review.facts),
        "opinions": [(one, one.recorded_at is not None and one.recorded_at <= review.at) for one in asked],
    }


def schedule(case: Case) -> Record | None:
    """The planned time of the consultation, told by who planned it; none for a walk-in."""
    session = current_session(case)
    if session is None or session.starts_at is None:
        return None
    planned = case.history.filter(verb__in=PLANNED).select_related("by")
    event = planned.order_by("-pk").first()
    return Record(session, event.by, event.title, event.entered_at) if event else None


def schedule_facts(case: Case, session: Session) -> dict[str, Any]:
    """Time and place, the time that it replaces, and what the officer wrote to the applicant (`note`)."""
    before = list(case.sessions.filter(starts_at__isnull=False, pk__lt=session.pk).order_by("pk"))
    # Each planned session was told by one event; the reason of a change stays in the office.
    told = case.history.filter(verb__in=PLANNED).order_by("pk")[len(before)]
    return {
        "session": session,
        "earlier": before[-1] if before else None,
        "note": told.note if told.verb == "schedule" else "",
    }
