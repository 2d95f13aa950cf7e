"""Step 5: the officer records what is prepared, and amends it."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.workflow import Transition, transition
from dispositions.models import Preparation, StaffReview
from dispositions.queries import current_review
from kit.refusal import Refused
from office import clock
from office.models import User
from office.words import with_words_lazy


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
        checklist = Preparation(administration=administration, materials=materials, equipment=equipment)
        _store(taken, checklist, review, by=by)


def amend(
    case: Case,
    *,
    by: User,
    administration: str,
    materials: str,
    equipment: str = "",
    review: Mapping[str, str] | None = None,
) -> None:
    """Step 5: store a new checklist, and a new version of the staff review if its text has changed.

    Raise Refused if the staff review is required and missing.
    """
    with transition("amend", case, by=by) as taken:
        checklist = Preparation(administration=administration, materials=materials, equipment=equipment)
        _store(taken, checklist, review, by=by)


def _store(taken: Transition, checklist: Preparation, review: Mapping[str, str] | None, *, by: User) -> None:
    case = taken.case
    if case.needs_review and not review:
        raise Refused(with_words_lazy(_("%(division_head)s meminta telaahan staf. Isi keenam bagiannya.")))
    checklist.case, checklist.by = case, by
    checklist.save()
    if review:
        latest = current_review(case)
        if latest is None or latest.parts != review:
            _store_review(taken, review, by=by)


def renew_review(taken: Transition, *, by: User) -> None:
    """Within a transition: store the staff review again, if the case has one, with the answers until now."""
    if latest := current_review(taken.case):
        _store_review(taken, latest.parts, by=by)


def _store_review(taken: Transition, review: Mapping[str, str], *, by: User) -> None:
    taken.record = StaffReview.objects.create(
        case=taken.case, by=by, title=taken.title, at=clock.now(), **review
    )
