"""Step 2: Tim PKD enters a request in the agenda, or voids a wrong entry."""

from consultations.deadlines import after
from consultations.enums import Confidentiality, Kind, Urgency
from consultations.models import AgendaEntry, Case, ComplaintTarget, SearchWord
from consultations.search_index import findable
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
) -> None:
    """Step 2: enter the request in the agenda under this year's next number.

    `complained_about` is the official a complaint is about: from now on shut out of the case. With its
    `complaint_kind` a complaint gets the day by which it is answered, counted from the day it came in
    (PermenPANRB 62/2018); its first follow-up is counted from now.
    """
    with transition("register", case, by=by, note=note) as taken:
        entry = AgendaEntry.take()
        SearchWord.add(case, str(entry.number), findable(case, lapor_number))
        taken.change(
            agenda=entry,
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
                follow_up_due=after(clock.now(), ComplaintTarget.Stage.FIRST_FOLLOW_UP),
                answer_due=after(case.submitted_at, complaint_kind) if complaint_kind else None,
            )


def void(case: Case, *, by: User, reason: str) -> None:
    """Step 2: a wrong entry keeps its number in the book, voided with the reason (dibatalkan).

    The request goes back to those that wait for an agenda number.
    """
    with transition("void", case, by=by, note=reason) as taken:
        AgendaEntry.objects.filter(case=case).update(
            voided_case=case, voided_by=by, voided_at=clock.now(), void_reason=reason
        )
        taken.change(agenda=None)


def send_back(case: Case, *, by: User, missing: str) -> None:
    """Step 2: Tim PKD sends an incomplete request back and says what is missing."""
    with transition("send_back", case, by=by, note=missing) as taken:
        taken.change(missing=missing)


def lapse(case: Case, *, by: User, reason: str) -> None:
    """Step 2: Tim PKD closes a request that was not completed in time."""
    with transition("lapse", case, by=by, note=reason) as taken:
        taken.change(end_reason=reason)
        taken.change(missing="")
