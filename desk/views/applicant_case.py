"""Pages behind the secret link of a case: receipt, the case with its next step, and the applicant's steps."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus

import segno
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.complaints import can_escalate
from consultations.enums import Identity, Party, State
from consultations.intake.uploads import MAX_BYTES, MAX_FILES
from consultations.models import Case, Event
from consultations.parties import Applicant, has_private_link
from consultations.progress import ending, progress
from consultations.scheduling.queries import current_session, list_remarks, upcoming_session
from consultations.secret_link import behind_secret, get_reader, steps_behind_secret
from consultations.steps import PAGES
from consultations.workflow import VERBS, Step, list_open_steps
from desk.next_steps import get_next_steps
from desk.views.steps import Audience, handle_step
from kit import clock
from kit.limits import body_limit
from kit.urls import get_public_url
from office.worktime import WorkingTime
from reports.report_view import get_accepted_report
from reports.surveys.queries import has_open_survey
from trust.privacy.own_data import STEPS as OWN_DATA_STEPS

ACKNOWLEDGEMENTS: dict[str, Promise] = {
    "complete": _("Kelengkapan Anda sudah kami terima."),
    "ask_deletion": _("Permintaan penghapusan data sudah kami terima. Jawabannya tampil di halaman ini."),
    "ask_time": _("Permintaan waktu lain sudah kami terima."),
    "correct_contact": _("Nama dan nomor Anda sudah diperbaiki."),
    "withdraw": _("Penarikan Anda sudah kami terima."),
}
"""Acknowledgement of each step of the applicant."""

JUST_NOW = dt.timedelta(minutes=10)


def get_acknowledgement(history: Sequence[Event]) -> Promise | str:
    """Return the acknowledgement of the newest event, if it is the applicant's and happened JUST_NOW.

    `history` contains all events, oldest first.
    """
    newest = history[-1]
    return ACKNOWLEDGEMENTS.get(newest.verb, "") if clock.now() - newest.entered_at < JUST_NOW else ""


RESULTS = ("laporan", "surat-penolakan")
"""Documents with the result of a case."""

TIME_STEP = "ask_time"
"""Step that is shown with the schedule. The others are apart."""

APART = (TIME_STEP, *OWN_DATA_STEPS)


@behind_secret
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


@behind_secret
def follow(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the case to its applicant: result, next step, and open steps. A logged-in user gets no steps."""
    record(Act.CASE, by=get_reader(request, case), case=case, target="halaman pemohon")
    is_applicant = not request.user.is_authenticated
    history = list(case.history.order_by("pk"))
    documents = list(case.documents.for_applicant())
    steps = list_open_steps(Applicant(case.secret), case) if is_applicant else []
    actions = [_worded(step, case) for step in steps]
    working, session = WorkingTime.load(), upcoming_session(case)
    return render(
        request,
        "desk/applicant_case.html",
        {
            "case": case,
            "next_steps": get_next_steps(case, working),
            "can_escalate": can_escalate(case),
            "session": session,
            "companions": list(case.companions.all()) if session else [],
            "remarks": list_remarks(history),
            "progress": progress(case, history),
            "ending": ending(case, history),
            "referral": next((event for event in reversed(history) if event.verb == "refer_up"), None),
            "is_applicant": is_applicant,
            "is_logged": not (is_applicant or has_private_link(case)),
            "has_open_survey": is_applicant and has_open_survey(case),
            "acknowledgement": get_acknowledgement(history),
            **_get_result(case),
            "results": [document for document in documents if document.slug in RESULTS],
            "documents": [document for document in documents if document.slug not in RESULTS],
            "attachments": list(case.attachments.filter(added_by=None).order_by("pk")),
            "own_steps": [step for step in actions if not step.off_path],
            "time_steps": [step for step in actions if step.verb == TIME_STEP],
            "other_steps": [step for step in actions if step.off_path and step.verb not in APART],
            "can_object": case.state == State.DECLINED,
            "again": None if case.is_open else reverse(case.wording.form_page),
            "hours": working.sentence(),
            "office_answers": not case.is_independent,
        },
    )


def _get_result(case: Case) -> dict[str, object]:
    """Return the items of the accepted report by kind, and its answer in writing."""
    report = get_accepted_report(case)
    if report is None:
        return {"advice": [], "answer": ""}
    session = current_session(case)
    return {"advice": report.product, "answer": report.results if session and session.is_written else ""}


@body_limit(files=MAX_FILES * MAX_BYTES)
@steps_behind_secret
def follow_step(request: HttpRequest, case: Case, verb: str) -> HttpResponse:
    """Show or take a step of the applicant. Raise PermissionDenied for a step of the staff."""
    if verb not in PAGES:
        raise Http404
    if VERBS[verb].actor != Party.APPLICANT:
        raise PermissionDenied
    title = _worded(VERBS[verb], case).title
    by = Applicant(case.secret)
    response = handle_step(request, case, verb, by=by, title=title, audience=APPLICANT)
    if request.method != "HEAD" and response.status_code != HTTPStatus.FOUND:  # also after a refused POST
        with translation.override("id"):  # the title goes on record
            record(Act.CASE, by=None, case=case, target=str(title))
    return response


def _redirect_after(request: HttpRequest, case: Case, verb: str) -> HttpResponse:
    return redirect("follow", secret=case.secret)


APPLICANT = Audience(
    "desk/applicant_step.html",
    "ui/refused_public.html",
    lambda request, case, verb, by: {"session": upcoming_session(case)},
    _redirect_after,
)


def _worded(step: Step, case: Case) -> Step:
    return replace(step, title=case.wording.step_titles.get(step.verb, step.title))
