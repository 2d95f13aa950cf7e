"""Steps 1, 2 and 8 of a demo case, taken by the applicant, the Sekretariat and Tim PKD."""

import datetime as dt
from typing import Any

from consultations import services as cases
from consultations.enums import (
    Channel,
    ComplaintKind,
    Confidentiality,
    IdentityCheck,
    Kind,
    RequestedBy,
    Urgency,
)
from dispositions import services as dispositions
from intake import services as intake
from office import clock

from . import attachments
from .applicants import get_applicant
from .case_run import CaseRun


def _details(run: CaseRun) -> dict[str, Any]:
    details: dict[str, Any] = get_applicant(run.number, run.topic, run.rng)
    details |= {"needs_large_print": run.number % 8 == 3, "needs_companion": run.number % 11 == 5}
    if run.scenario.is_complaint:
        details |= {
            "kind": Kind.COMPLAINT,
            "complained_party": "Pegawai dinas" if run.has("official") else "Pelaksana layanan setempat",
            "identity": next((i for i in ("CONFIDENTIAL", "ANONYMOUS") if run.has(i.lower())), "OPEN"),
        }
    return details


def submit(run: CaseRun) -> None:
    details = _details(run)
    materials = attachments.photo(details["subject"]) if run.has("file") else None
    visit_at = None if run.has("anonymous") else run.find_visit_time()
    run.case = intake.submit(materials=materials, visit_at=visit_at, **details)


def receive(run: CaseRun) -> None:
    details = _details(run)
    if run.scenario.channel == Channel.LETTER:
        sent = clock.today() - dt.timedelta(days=run.rng.randint(1, 5))
        number = run.new_letter_number(sent)
        details |= {"letter_number": number, "letter_date": sent}
        if run.has("file"):
            details["letter"] = attachments.request_letter(details, number)
    run.case = intake.receive(
        by=run.staff.secretariat,
        channel=run.scenario.channel,
        at=clock.now() - dt.timedelta(minutes=50) if run.has("entered_late") else None,
        visit_at=run.find_visit_time(),
        **details,
    )


def walk_in(run: CaseRun) -> None:
    now = clock.now()
    run.case = dispositions.walk_in(
        by=run.staff.secretariat,
        division=run.team.division,
        officer=run.find_officer(now, now + dt.timedelta(minutes=75)),
        classification=run.topic.classification,
        visit_at=now,
        **_details(run),
    )


def register(run: CaseRun) -> None:
    confidentiality = Confidentiality.CONFIDENTIAL if run.has("confidential") else Confidentiality.NORMAL
    cases.register(
        run.case,
        by=run.staff.pkd,
        classification=run.topic.classification,
        urgency=run.rng.choices([*Urgency], weights=[6, 3, 1])[0],
        confidentiality=confidentiality,
        complained_about=run.team.officers[1] if run.has("official") else None,
        complaint_kind=ComplaintKind.NO_SUPERVISION if run.scenario.is_complaint else "",
    )


def name_official(run: CaseRun) -> None:
    reason = run.phrase("name_official")
    cases.name_official(run.case, by=run.staff.pkd, complained_about=run.team.officers[1], reason=reason)


def withdraw_for(run: CaseRun) -> None:
    reason = run.phrase("withdraw")
    intake.withdraw_for(run.case, by=run.staff.pkd, requested_by=RequestedBy.TELEPHONE, reason=reason)


def renew_link(run: CaseRun) -> None:
    cases.renew_link(run.case, by=run.staff.secretariat, checked_with=IdentityCheck.IDENTITY_CARD)
