"""Step 5: the officer records what is prepared."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.workflow import Refused, transition
from dispositions.models import Preparation, StaffReview
from office import clock
from office.models import User


def prepare(
    case: Case,
    *,
    by: User,
    administration: str,
    materials: str,
    equipment: str = "",
    review: Mapping[str, str] | None = None,
) -> None:
    """Step 5: store the checklist, and the staff review (telaahan staf) if one is required.

    `review` contains the text columns of `StaffReview`. Raise Refused if it is required and missing.
    """
    with transition("prepare", case, by=by) as taken:
        if case.needs_review and not review:
            raise Refused(_("Kepala Bidang meminta telaahan staf. Isi keenam bagiannya."))
        Preparation.objects.create(
            case=case, by=by, administration=administration, materials=materials, equipment=equipment
        )
        if review:
            StaffReview.objects.create(case=case, by=by, title=taken.title, at=clock.now(), **review)
