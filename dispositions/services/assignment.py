"""Step 4: the Kepala Bidang assigns a case to an officer, or to another one."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from consultations.detours import served
from consultations.enums import State
from consultations.models import Case
from consultations.workflow import Transition, transition
from dispositions.eligibility import OUTSIDE_DISPOSITION, check_companions, check_officer
from dispositions.models import Assignment
from kit.refusal import Refused
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
        others = _store(taken, officer, companions, by=by, preparation=preparation)
        case.companions.add(*others)  # there are none yet
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
        others = _store(taken, officer, companions, by=by, reason=reason)
        case.companions.clear()
        case.companions.add(*others)
        reassign_session(case, officer=officer, companions=others)
        taken.change(officer=officer)


def _store(
    taken: Transition,
    officer: User,
    companions: Iterable[User],
    *,
    by: User,
    preparation: str = "",
    reason: str = "",
) -> list[User]:
    """Store who serves the case, and return the companions without the officer.

    Raise Refused if one of them may not serve it.
    """
    case, others = taken.case, [person for person in companions if person != officer]
    check_officer(officer, case.division, case.complained_about, outside=OUTSIDE_DISPOSITION)
    check_companions(others, case.complained_about)
    taken.record = assignment = Assignment.objects.create(
        case=case,
        by=by,
        title=taken.title,
        at=clock.now(),
        officer=officer,
        preparation=preparation,
        reason=reason,
    )
    assignment.companions.add(*others)
    return others
