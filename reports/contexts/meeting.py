"""Documents of steps 5 and 6: staff review and notice of the schedule."""

from typing import Any

from consultations.models import Case
from dispositions.models import StaffReview
from dispositions.queries import current_review
from reports.bullets import split_bullets
from reports.contexts.source import Source
from reports.signatories import get_division_head_title, get_head_title
from scheduling.models import Session
from scheduling.queries import current_session

PLANNED = ("schedule", "reschedule")
"""Verbs that set a time for the consultation."""


def find_staff_review(case: Case) -> Source | None:
    """Return the latest version of the officer's review, if the division head asked for one."""
    review = current_review(case)
    return Source(review, review.by, review.title, review.at) if review else None


def staff_review_context(case: Case, review: StaffReview) -> dict[str, Any]:
    """Return the six parts of the review (Telaahan Staf) and the opinions of other agencies.

    Opinions asked after the review are left out; answers recorded after it count as not given.
    """
    asked = case.opinions.filter(asked_at__lte=review.at).order_by("asked_at", "pk")
    return {
        "review": review,
        "addressee": get_head_title(),
        "through": get_division_head_title(case.division),
        "assumptions": split_bullets(review.assumptions),
        "found": split_bullets(review.facts),
        "opinions": [(one, one.recorded_at is not None and one.recorded_at <= review.at) for one in asked],
    }


def find_schedule(case: Case) -> Source | None:
    """Return the planned session, issued in the name of its planner. A walk-in has none."""
    session = current_session(case)
    if session is None or session.starts_at is None:
        return None
    planned = case.history.filter(verb__in=PLANNED).select_related("by")
    event = planned.order_by("-pk").first()
    return Source(session, event.by, event.title, event.entered_at) if event else None


def schedule_context(case: Case, session: Session) -> dict[str, Any]:
    """Return the session, the one it replaces, and the note for the applicant (Pemberitahuan Jadwal)."""
    before = list(case.sessions.filter(starts_at__isnull=False, pk__lt=session.pk).order_by("pk"))
    # One event per planned session. A note stays valid until the next schedule; why it moved is internal.
    planned = list(case.history.filter(verb__in=PLANNED).order_by("pk")[: len(before) + 1])
    return {
        "session": session,
        "earlier": before[-1] if before else None,
        "note": next(event.note for event in reversed(planned) if event.verb == "schedule"),
    }
