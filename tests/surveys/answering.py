"""What the tests of the survey share: answers as they are sent, and closed cases that were answered."""

from typing import Any

from consultations.enums import State
from consultations.models import Case
from consultations.parties import Applicant
from office.few import ENOUGH
from surveys import services
from surveys.models import Answer
from tests.factories import Staff, case_at

GOOD: dict[str, Any] = {f"u{number}": 3 for number in range(1, 10)}


def sent(**more: Any) -> dict[str, Any]:
    """The questionnaire as a browser sends it: all answers 3, nothing of the profile, unless told."""
    return {**GOOD, "sex": "", "education": "", "occupation": "", "comment": "", **more}


def answered(staff: Staff, *, details: dict[str, Any] | None = None, **more: Any) -> Answer:
    """The answer of a new closed case, given by its applicant."""
    case = case_at(State.CLOSED, staff, **(details or {}))
    return services.answer(case, by=Applicant(case.secret), **{**GOOD, **more})


def enough(staff: Staff, **more: Any) -> list[Answer]:
    """So many answers of new closed cases that a result is shown."""
    return [answered(staff, **more) for _number in range(ENOUGH)]


def link(case: Case) -> str:
    return f"/survei/{case.secret}/"
