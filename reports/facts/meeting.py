"""Papers of steps 5 and 6: Telaahan Staf and Pemberitahuan Jadwal."""

from typing import Any

from consultations.models import Case, Session, StaffReview
from reports.facts.record import Record


def staff_review(case: Case) -> Record | None:
    """The officer's review for the head, where the division head asked for one."""
    review = StaffReview.objects.filter(case=case).select_related("by").first()
    return review and Record(review, review.by, review.title, review.at)


def staff_review_facts(case: Case, review: StaffReview) -> dict[str, Any]:
    """The six parts, and what other agencies were asked and have answered."""
    return {"review": review, "opinions": case.opinions.order_by("asked_at", "pk")}


def schedule(case: Case) -> Record | None:
    """The planned time of the consultation, told by who planned it; none for a walk-in."""
    session = case.session
    if session is None or session.starts_at is None or session.cancelled_at:
        return None
    planned = case.history.filter(verb__in=["schedule", "reschedule"]).select_related("by")
    event = planned.order_by("-pk").first()
    return event and Record(session, event.by, event.title, event.entered_at)


def schedule_facts(case: Case, session: Session) -> dict[str, Any]:
    """Time and place, and what the officer wrote to the applicant (`note`)."""
    told = case.history.filter(verb__in=["schedule", "reschedule"]).order_by("-pk").first()
    return {"session": session, "note": told.note if told and told.verb == "schedule" else ""}
