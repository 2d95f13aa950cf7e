"""Step 5: the officer prepares administration, material and equipment."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from consultations.models import Case, Preparation, StaffReview
from consultations.workflow import Refused, taking
from office.models import User


def prepare(
    case: Case,
    *,
    by: User,
    administration: str,
    materials: str,
    equipment: str = "",
    opinions: str = "",
    review: Mapping[str, str] | None = None,
) -> None:
    """Step 5: record what is ready, with the staff review (telaahan staf) where one was asked for.

    `review` holds the columns of `StaffReview`. Raises Refused where it is needed and not given.
    """
    with taking("prepare", case, by=by):
        if case.needs_review and not review:
            raise Refused(_("Kepala Bidang meminta telaahan staf. Isi keenam bagiannya."))
        Preparation.objects.create(
            case=case,
            by=by,
            administration=administration,
            materials=materials,
            equipment=equipment,
            opinions=opinions,
        )
        if review:
            StaffReview.objects.create(case=case, by=by, **review)
