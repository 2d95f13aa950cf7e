"""Pages behind the secret link of a case: receipt, the case with its next step, and the applicant's steps."""

import datetime as dt
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import segno
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.complaints import can_be_complained_about, can_escalate
from consultations.enums import Identity, Kind, Party, State
from consultations.intake.uploads import MAX_BYTES, MAX_FILES
from consultations.models import Case, Event
from consultations.parties import CodeHolder, has_private_link, parties
from consultations.progress import ending, progress
from consultations.queries import find_conversion, list_siblings
from consultations.scheduling.arrivals import can_confirm, confirm
from consultations.scheduling.next_steps import ACKNOWLEDGEMENTS, get_next_steps
from consultations.scheduling.queries import current_session, list_remarks, upcoming_session
from consultations.secret_link import behind_secret, get_holder, get_reader, refuse_code
from consultations.step_row import Step
from consultations.steps import PAGES
from consultations.workflow import VERBS, list_open_steps
from desk.views.steps import Audience, handle_step
from documents.contexts.letters import name_result
from documents.models import Document
from kit import clock
from kit.form_view import handle_button
from kit.limits import body_limit
from kit.urls import get_public_url
from notices.push import get_offer
from office.models import Office
from office.worktime import WorkingTime
from reports.enquiries import awaits_answer, list_dates
from reports.report_view import get_accepted_report
from reports.surveys.queries import has_open_survey
from reports.transfers import get_transfer_status
from trust.privacy.breach import list_breaches_of
from trust.privacy.deletion import get_deletion_due
from trust.privacy.rights import OWN_DATA_STEPS

JUST_NOW = dt.timedelta(minutes=10)

RESULTS = ("laporan", "surat-penolakan", "surat-penerusan")
"""Slugs of the documents with the result of a case, beside the letter of the result."""

APART = ("ask_time", "ask_again", *OWN_DATA_STEPS)
"""Steps that the page shows beside what they are about: the schedule, the answer, own data."""


@behind_secret(opens_by_code=False)
def receipt(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the receipt (Tanda Terima): tracking code, secret link with QR code, and next step."""
    record(Act.CASE, by=get_reader(request, case), case=case, target="tanda terima")
    link = get_public_url("follow", case.secret)
    qr = segno.make(link, error="m", micro=False)
    return render(
        request,
        "desk/receipt.html",
        {
            "case": case,
            "link": link,
            "qr": qr.svg_inline(title=str(_("Kode QR tautan Anda")), omitsize=True),
            "documents": case.documents.for_applicant(),
            "next_steps": get_next_steps(case, WorkingTime.load()),
            "can_be_looked_up": case.identity == Identity.OPEN,
        },
    )


@behind_secret(opens_by_code=True)
def follow(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the case to its applicant: result, next step, and open steps. A logged-in user gets no steps."""
    record(Act.CASE, by=get_reader(request, case), case=case, target="halaman pemohon")
    is_applicant = not request.user.is_authenticated
    history = list(case.history.order_by("pk"))
    is_new = clock.now() - history[-1].entered_at < JUST_NOW
    holder = get_holder(case)
    is_by_code = isinstance(holder, CodeHolder)
    has_link = is_applicant and not is_by_code
    steps = list_open_steps(holder, case) if is_applicant else []
    working = WorkingTime.load()
    documents = list(case.documents.for_holder(holder))
    result = _get_result(case, documents)
    has_answer = bool(result["documents"]) or not result["letter_waits"]
    awaited = list(case.documents.awaited_by_applicant().select_related("replaces"))
    context = {
        "case": case,
        "reader": {
            "is_applicant": is_applicant,
            "is_by_code": is_by_code,
            "is_logged": not (is_applicant or has_private_link(case)),
        },
        "acknowledgement": ACKNOWLEDGEMENTS.get(history[-1].verb, "") if is_new else "",
        "next_steps": get_next_steps(case, working),
        "own_steps": [step for step in steps if not step.off_path],
        "other_steps": [step for step in steps if step.off_path and step.verb not in APART],
        "breaches": list_breaches_of(case),
        "deletion": {"due": get_deletion_due(case), "stop_steps": _only(steps, "stop_deletion")},
        "changes": {
            "siblings": _list_own_siblings(case, history) if has_link else [],
            "conversion": find_conversion(history),
            "corrected": _find_correction(case, history),
        },
        "refusal": _get_refusal(case, has_link=has_link),
        "handed_on": {
            "referral": next((event for event in reversed(history) if event.verb == "refer_up"), None),
            "transfer": get_transfer_status(case),
        },
        "result": result,
        "enquiries": {
            "rows": list(case.enquiries.order_by("pk")) if case.ask_until else [],
            "steps": _only(steps, "ask_again") if has_answer else [],
            "is_too_late": has_answer and case.ask_until is not None and clock.today() > case.ask_until,
        },
        "has_open_survey": is_applicant and has_answer and has_open_survey(case),
        "meeting": _get_meeting(case, history, steps, is_applicant=is_applicant),
        "afterwards": not case.is_open
        and {
            "again": reverse(case.wording.form_page),
            "is_refused": case.state == State.DECLINED and not case.passed_to,
            "names_others": case.kind == Kind.COMPLAINT,
        },
        "can_escalate": can_escalate(case),
        "path": {"stages": progress(case, history), "ending": ending(case, history)},
        "papers": {
            "documents": [one for one in documents if one not in (result["letter"], *result["documents"])],
            "awaited": [one for one in awaited if one.kind != Document.Kind.RESULT],
            "denied": [one.replaces for one in awaited if one.replaces and one.replaces.denied_at],
            "files": list(case.attachments.filter(added_by=None).order_by("pk")),
        },
        "contact": {"hours": working.sentence(), "office_answers": not case.is_independent},
        "push": get_offer(case) if has_link else None,
    }
    return render(request, "desk/applicant_case.html", context)


def _only(steps: list[Step], verb: str) -> list[Step]:
    return [step for step in steps if step.verb == verb]


def _get_meeting(
    case: Case, history: Sequence[Event], steps: list[Step], *, is_applicant: bool
) -> dict[str, object] | None:
    """Return the next session with its people, and what the applicant can do about it."""
    session = upcoming_session(case)
    if session is None:
        return None
    return {
        "session": session,
        "companions": list(case.companions.all()),
        "remarks": list_remarks(history),
        "can_confirm": is_applicant and can_confirm(case, session),
        "time_steps": _only(steps, "ask_time"),
        "withdraw_steps": _only(steps, "withdraw"),
    }


def _list_own_siblings(case: Case, history: list[Event]) -> list[Case]:
    """Return the other matters of the request, whose secret links the page shows.

    Officials who print the receipt read the link of this case. Therefore a complaint is neither listed nor
    lists others, unless nobody in the office has its link.
    """
    siblings = list_siblings(case, history)
    if has_private_link(case):
        return siblings
    return [one for one in siblings if case.kind == one.kind == Kind.CONSULTATION]


def _find_correction(case: Case, history: Sequence[Event]) -> Event | None:
    """Return the last correction of more than the code, which is the office's own."""
    events = [event for event in history if event.verb == "correct_data"]
    corrected = case.data_corrections.order_by("pk").values_list("corrected", flat=True) if events else ()
    told = [event for event, columns in zip(events, corrected, strict=True) if columns != "classification"]
    return told[-1] if told else None


def _get_refusal(case: Case, *, has_link: bool) -> dict[str, object] | None:
    """Return when the applicant complained about the refusal, or that it can still be done here."""
    if not (has_link and can_be_complained_about(case)):
        return None
    sent = None
    if has_private_link(case):  # whoever printed another link does not learn of the complaint
        sent = case.complaints.order_by("pk").values_list("submitted_at", flat=True).first()
    return {"sent_at": sent}


def _get_result(case: Case, documents: list[Document]) -> dict[str, Any]:
    """Return the signed letter with the result, or else the report if the applicant gets it.

    `letter_waits` is true while nobody has signed the letter.
    """
    results = [document for document in documents if document.slug in RESULTS]
    letter = next((document for document in documents if document.kind == Document.Kind.RESULT), None)
    gets_report = letter is None and any(document.kind == Document.Kind.REPORT for document in results)
    report = get_accepted_report(case) if gets_report else None
    session = current_session(case) if report else None
    return {
        "letter": letter,
        "letter_name": name_result(case) if letter else "",
        "has_dates": letter is not None and bool(list_dates(case, office=Office.load())),
        "letter_waits": letter is None and awaits_answer(case),
        "advice": report.product if report else [],
        "answer": report.results if report and session and session.is_written else "",
        "documents": results,
    }


@body_limit(files=MAX_FILES * MAX_BYTES)
@behind_secret(opens_by_code=True, has_steps=True)
def follow_step(request: HttpRequest, case: Case, verb: str) -> HttpResponse:
    """Show or take a step of the applicant. Raise PermissionDenied for a step of the staff."""
    if verb not in PAGES:
        raise Http404
    if VERBS[verb].actor != Party.APPLICANT:
        raise PermissionDenied
    title = case.wording.speak(VERBS[verb].title)
    by = get_holder(case)
    if VERBS[verb].find_taker(parties(by, case)) is None:
        return refuse_code(request, case)
    response = handle_step(request, case, verb, by=by, title=title, audience=APPLICANT)
    if request.method != "HEAD" and response.status_code != HTTPStatus.FOUND:  # also after a refused POST
        with translation.override("id"):  # the title goes on record
            record(Act.CASE, by=None, case=case, target=str(title))
    return response


@csrf_exempt  # the secret in the address proves as much, and the page sends no origin
@behind_secret(opens_by_code=True, has_steps=True)
def confirm_coming(request: HttpRequest, case: Case) -> HttpResponse:
    """Store that the applicant will come to the session."""
    if request.method != "POST":
        return redirect("follow", secret=get_holder(case).key)
    thanks = gettext("Terima kasih. Sampai jumpa.")
    return handle_button(request, lambda: confirm(case), thanks, "follow", get_holder(case).key)


def _redirect_after(request: HttpRequest, case: Case, verb: str) -> HttpResponse:
    return redirect("follow", secret=get_holder(case).key)


APPLICANT = Audience(
    "desk/applicant_step.html",
    "ui/refused_public.html",
    lambda request, case, verb, by: {"session": upcoming_session(case)},
    _redirect_after,
)
