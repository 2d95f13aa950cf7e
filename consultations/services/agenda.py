"""Step 2: Tim PKD registers a request in the agenda book, sends it back, or voids a number."""

from typing import Any

from consultations.deadlines import last_day_of_stage
from consultations.enums import Confidentiality, Kind, Urgency
from consultations.models import AgendaEntry, Case, ComplaintTarget
from consultations.workflow import transition
from office import clock
from office.models import User


def register(
    case: Case,
    *,
    by: User,
    classification: str,
    urgency: str = Urgency.NORMAL,
    confidentiality: str = Confidentiality.NORMAL,
    srikandi_number: str = "",
    complained_about: User | None = None,
    complaint_kind: str = "",
    lapor_number: str = "",
    note: str = "",
    **letter: Any,
) -> None:
    """Enter the request in the agenda book under this year's next number.

    `complained_about` is the official that a complaint is about. That official no longer sees the case.
    `complaint_kind` sets the due day of a complaint's answer, counted from the submission
    (PermenPANRB 62/2018). The first follow-up is counted from now.
    `letter` are the columns `subject`, `letter_number` and `letter_date` as the agenda book states them. A
    column left out stays as the applicant wrote it.
    """
    with transition("register", case, by=by, note=note) as taken:
        taken.change(
            **letter,
            agenda=AgendaEntry.take(),
            classification=classification,
            urgency=urgency,
            confidentiality=confidentiality,
            srikandi_number=srikandi_number,
            complained_about=complained_about,
        )
        if case.kind == Kind.COMPLAINT:
            taken.change(
                complaint_kind=complaint_kind,
                lapor_number=lapor_number or case.lapor_number,
                follow_up_due=last_day_of_stage(clock.now(), ComplaintTarget.Stage.FIRST_FOLLOW_UP),
                answer_due=last_day_of_stage(case.submitted_at, complaint_kind) if complaint_kind else None,
            )


def void(case: Case, *, by: User, reason: str) -> None:
    """Void a wrong entry (dibatalkan). Its number stays in the book; the request waits for a new one."""
    with transition("void", case, by=by, note=reason) as taken:
        AgendaEntry.objects.filter(case=case).update(
            voided_case=case, voided_by=by, voided_at=clock.now(), void_reason=reason
        )
        taken.change(agenda=None)


def send_back(case: Case, *, by: User, missing: str) -> None:
    """Send a request back to the applicant with a list of the missing items."""
    with transition("send_back", case, by=by, note=missing) as taken:
        taken.change(missing=missing)


def lapse(case: Case, *, by: User, reason: str) -> None:
    """Close a request that the applicant did not complete in time."""
    with transition("lapse", case, by=by, note=reason) as taken:
        taken.change(end_reason=reason, missing="")
