"""Step 4: the Kepala Bidang assigns a case to an officer, or to another one."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from consultations.detours import served
from consultations.enums import State
from consultations.models import Case
from consultations.workflow import Refused, transition
from dispositions.eligibility import OUTSIDE_DISPOSITION, check_companions, check_officer
from dispositions.models import Assignment
from office import clock
from office.models import User
from scheduling.services import reassign_session

STAY = _(
    "Anda ikut melayani konsultasi ini. Tetaplah sebagai petugas atau pendamping, supaya orang lain yang "
    "memeriksa laporannya."
)


def assign(
    case: Case,
    *,
    by: User,
    officer: User,
    companions: Iterable[User] = (),
    preparation: str = "",
    needs_review: bool = False,
    note: str = "",
) -> None:
    """Step 4: name the officer who serves the case, and who accompanies. `officer` may be `by`."""
    with transition("assign", case, by=by, note=note) as taken:
        _store(case, officer, companions, by=by, title=taken.title, preparation=preparation)
        taken.change(officer=officer, needs_review=needs_review)


def reassign(
    case: Case,
    *,
    by: User,
    officer: User,
    reason: str,
    companions: Iterable[User] = (),
) -> None:
    """Step 4: give the case to another officer, also during the consultation or before its report.

    A planned or running session moves to the new calendars. Raise Refused if the new officer or a companion
    is away or has another session then. Also raise it if `by` has served the consultation and would leave
    the case: nobody reviews an own report.
    """
    with transition("reassign", case, by=by, note=reason) as taken:
        companions = list(companions)
        has_served = case.state in (State.IN_SESSION, State.HELD) and served(by, case)
        if has_served and by not in (officer, *companions):
            raise Refused(STAY, field="companions")
        others = _store(case, officer, companions, by=by, title=taken.title, reason=reason)
        reassign_session(case, officer=officer, companions=others)
        taken.change(officer=officer)


def _store(
    case: Case,
    officer: User,
    companions: Iterable[User],
    *,
    by: User,
    title: str,
    preparation: str = "",
    reason: str = "",
) -> list[User]:
    """Store who serves the case, and return the companions without the officer.

    Raise Refused if one of them may not serve it.
    """
    check_officer(officer, case.division, case.complained_about, outside=OUTSIDE_DISPOSITION)
    others = [person for person in companions if person != officer]
    check_companions(others, case.complained_about)
    assignment = Assignment.objects.create(
        case=case,
        by=by,
        title=title,
        at=clock.now(),
        officer=officer,
        preparation=preparation,
        reason=reason,
    )
    assignment.companions.set(others)
    case.companions.set(others)
    return others
