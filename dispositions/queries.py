"""Read dispositions, opinions, and the people who can serve a walk-in."""

from consultations.models import Case
from dispositions.models import Disposition, Opinion, Preparation, StaffReview
from office.models import Appointment, Role


def current_disposition(case: Case) -> Disposition | None:
    """Return the latest disposition of a case."""
    return case.dispositions.select_related("division").order_by("-at", "-pk").first()


def current_preparation(case: Case) -> Preparation | None:
    """Return the latest checklist of a case."""
    return case.preparations.order_by("pk").last()


def current_review(case: Case) -> StaffReview | None:
    """Return the latest version of the staff review of a case, with its author."""
    return case.staff_reviews.select_related("by").order_by("pk").last()


def list_opinions(case: Case, *, only_awaited: bool = False) -> list[Opinion]:
    """Return the opinions that other agencies were asked for, with the person who asked and the answer."""
    opinions = case.opinions.filter(recorded_at=None) if only_awaited else case.opinions.all()
    return list(opinions.select_related("asked_by", "letter").order_by("pk"))


def list_serving_appointments() -> list[Appointment]:
    """Return the appointments that allow serving a walk-in today: officers and heads of active divisions.

    A division without a head is left out, because nobody could forward the report.
    """
    heads = Appointment.objects.current().filter(position__role=Role.DIVISION_HEAD)
    serving = Appointment.objects.current().filter(
        position__role__in=[Role.OFFICER, Role.DIVISION_HEAD],
        position__division__is_active=True,
        position__division__in=heads.values("position__division"),
    )
    return list(
        serving.select_related("user", "position__division").order_by(
            "position__division__name", "-position__role", "user__name"
        )
    )


def list_eligible_appointments(case: Case) -> list[Appointment]:
    """Return the appointments of all who may serve a case or accompany its officer."""
    held = Appointment.objects.current().exclude(user=case.complained_about_id)
    return list(held.exclude(position__role=Role.HEAD).select_related("user", "position__division"))
