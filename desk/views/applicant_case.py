"""A case behind its secret link: what its applicant sees and may do."""

from dataclasses import replace
from typing import Any

import segno
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations.complaint_deadlines import may_turn_elsewhere
from consultations.enums import Identity, Kind, State
from consultations.models import Case
from consultations.parties import Applicant
from consultations.progress import ending, progress
from consultations.secret_link import behind_secret
from consultations.steps import PAGES
from consultations.workflow import VERBS, Refused, Step, check, list_open_steps
from desk.acknowledgements import received
from desk.next_steps import outlook
from intake.views.submission import FORM_PAGES
from office.addresses import public_address
from office.worktime import WorkingTime
from scheduling.schedule import remarks, session_ahead

RESULTS = ("laporan", "surat-penolakan")
"""The papers that say what came of a case."""

STALE = _("Permohonan ini berubah sejak halaman dibuka. Periksa keadaannya, lalu kirim lagi bila perlu.")

may_post = require_http_methods(["GET", "HEAD", "POST"])


@behind_secret
@require_safe
def receipt(request: HttpRequest, case: Case) -> HttpResponse:
    """The receipt (Tanda Terima): tracking code, secret link and its QR code, and what happens next."""
    link = public_address("follow", case.secret)
    qr = segno.make(link, error="m", micro=False)
    return render(
        request,
        "desk/receipt.html",
        {
            "case": case,
            "link": link,
            "qr": qr.svg_inline(title=str(_("Kode QR tautan Anda")), omitsize=True),
            "papers": case.documents.for_applicant(),
            "outlook": outlook(case, WorkingTime.load()),
            "can_be_looked_up": case.identity == Identity.OPEN,
        },
    )


@behind_secret
@require_safe
def follow(request: HttpRequest, case: Case) -> HttpResponse:
    """The case as its applicant sees it: what came of it, what happens next, what can be done."""
    history = list(case.history.order_by("pk"))
    papers = list(case.documents.for_applicant())
    actions = [_worded(step, case) for step in list_open_steps(Applicant(case.secret), case)]
    working = WorkingTime.load()
    return render(
        request,
        "desk/applicant_case.html",
        {
            "case": case,
            "outlook": outlook(case, working),
            "may_turn_elsewhere": may_turn_elsewhere(case),
            "session": session_ahead(case),
            "remarks": remarks(history),
            "progress": progress(case, history),
            "ending": ending(case, history),
            "received": received(history),
            "results": [paper for paper in papers if paper.slug in RESULTS],
            "papers": [paper for paper in papers if paper.slug not in RESULTS],
            "attachments": list(case.attachments.filter(added_by=None).order_by("pk")),
            "own_steps": [step for step in actions if not step.off_path],
            "other_steps": [step for step in actions if step.off_path],
            "can_object": case.state == State.DECLINED,
            "again": None if case.is_open else reverse(FORM_PAGES[Kind(case.kind)]),
            "hours": working.sentence(),
        },
    )


@behind_secret
@may_post
def follow_step(request: HttpRequest, case: Case, verb: str) -> HttpResponse:
    """A step that the applicant takes: completing, asking for another time, withdrawing.

    409 with a sentence where it cannot be taken now, 422 with what was typed where something is wrong.
    """
    if verb not in PAGES:
        raise Http404
    by = Applicant(case.secret)
    title = _worded(VERBS[verb], case).title
    refusal = _refusal(request, verb, case, by)
    if refusal and request.method != "POST":
        context = {"case": case, "title": title, "sentence": refusal}
        return render(request, "ui/refused_public.html", context, status=409)
    page = PAGES[verb]
    form = _filled(page.form, request, case=case, by=by)
    if form.is_valid() and not refusal:
        try:
            page.service(case, by=by, **form.cleaned_data)
            return redirect("follow", secret=case.secret)
        except Refused as answer:
            if answer.field not in form.fields:
                refusal = str(answer)
            else:
                form.add_error(answer.field, str(answer))
    if refusal:
        form.add_error(None, refusal)
    context = {
        "case": case,
        "title": title,
        "verb": verb,
        "form": form,
        "page": page,
        "session": session_ahead(case),
    }
    response = render(request, "desk/applicant_step.html", context, status=409 if refusal else _status(form))
    response["Referrer-Policy"] = "same-origin"
    return response


def _worded(step: Step, case: Case) -> Step:
    return replace(step, title=case.wording.step_titles.get(step.verb, step.title))


def _refusal(request: HttpRequest, verb: str, case: Case, by: Applicant) -> str:
    """Why the step cannot be taken now; empty when it can. Raises PermissionDenied where it is not theirs."""
    try:
        check(verb, case, by=by)
    except Refused as refusal:
        return str(refusal)
    if request.POST.get("version", str(case.version)) != str(case.version):
        return str(STALE)
    return ""


def _filled[Filled: forms.Form](form_class: type[Filled], request: HttpRequest, **kwargs: Any) -> Filled:
    if request.method == "POST":
        return form_class(request.POST, request.FILES, **kwargs)
    return form_class(**kwargs)


def _status(form: forms.Form) -> int:
    return 422 if form.errors else 200
