"""The present records of steps 3 to 5 of a case: disposition, order, staff review, meeting, opinions."""

from consultations.models import Case
from dispositions.models import Assignment, Disposition, Meeting, Opinion, RelayedOrder, StaffReview


def current_disposition(case: Case) -> Disposition | None:
    """Return the latest disposition of a case."""
    return case.dispositions.select_related("division").order_by("-at", "-pk").first()


def get_relayed_order(**decision: Disposition | Assignment | None) -> RelayedOrder | None:
    """Return how the secretariat entered a disposition or an assignment for an official, if it did."""
    people = ("case", "given_by", "entered_by", "answered_by", "proof")
    return RelayedOrder.objects.filter(**decision).select_related(*people).first()


def current_review(case: Case) -> StaffReview | None:
    """Return the latest version of the staff review of a case, with its author."""
    return case.staff_reviews.select_related("by").order_by("pk").last()


def current_meeting(case: Case) -> Meeting | None:
    """Return the latest meeting of a case as it was called last."""
    return case.meetings.order_by("pk").last()


def list_opinions(case: Case, *, only_awaited: bool = False) -> list[Opinion]:
    """Return the opinions that other agencies were asked for, with the person who asked and the answer."""
    opinions = case.opinions.filter(recorded_at=None) if only_awaited else case.opinions.all()
    return list(opinions.select_related("asked_by", "letter").order_by("pk"))
