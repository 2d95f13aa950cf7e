"""Endpoints of the report form: save the draft, preview it as PDF, show one version."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from consultations.models import Case
from consultations.views.steps import CONFLICT, UNPROCESSABLE, show
from consultations.workflow import VERBS, Refused
from office.models import User
from reports.documents import REPORT
from reports.drafts import DraftConflict, DraftTooLong, discard_draft, render_preview, save_draft
from reports.forms import ReportForm
from reports.forms.posted import posted_draft, posted_report, readable_items
from reports.pdf import TooLong
from reports.queries import list_versions
from reports.report_view import list_parts
from reports.sections import PRODUCT


@require_POST
@cache_control(private=True, no_store=True)
def report_draft(request: HttpRequest, code: str) -> HttpResponse:
    """Save the draft, or discard it (`buang`). Answers JSON to the script and redirects without it.

    403: the user is not the officer of the case. 409: the case does not wait for a report, or another
    window saved a newer draft. 422: the draft is too long.
    """
    case, user = _get_case(request, code)
    for_script = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    address = reverse("step", kwargs={"code": case.code, "verb": "report"})
    try:
        if "buang" in request.POST:
            discard_draft(case, by=user)
            messages.success(request, _("Konsep dibuang."))
            return redirect(address)
        draft = save_draft(case, by=user, **posted_draft(request.POST))
    except Refused as refusal:
        return _answer_refusal(request, case, refusal, for_script)
    sentence = _("Konsep tersimpan pukul %(at)s.") % {
        "at": time_format(timezone.localtime(draft.saved_at), "TIME_FORMAT")
    }
    if for_script:
        return JsonResponse({"message": sentence, "seen": draft.saved_at.isoformat()})
    messages.success(request, sentence)
    more = next((name for name in PRODUCT if f"tambah_{name}" in request.POST), "")
    return redirect(f"{address}?tambah={more}#div_id_{more}" if more else address)


@require_POST
@cache_control(private=True, no_store=True)
def report_preview(request: HttpRequest, code: str) -> HttpResponse:
    """Save the draft and show it as PDF. A newer draft of another window is not overwritten."""
    case, user = _get_case(request, code)
    posted = posted_draft(request.POST)
    title = REPORT.title
    try:
        content = render_preview(case, by=user, items=readable_items(posted["typed"]), **posted)
    except Refused as refusal:
        return _refused(request, case, refusal, title, _status(refusal))
    except TooLong as sentence:
        return _refused(request, case, sentence, title, UNPROCESSABLE)
    headers = {"Content-Disposition": f'inline; filename="pratinjau-laporan-{case.code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_safe
@cache_control(private=True, no_store=True)
def report_version(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Show one version of the report, compared with the one before. 404 if the case is not visible."""
    case, _user = _get_case(request, code)
    versions = list_versions(case)
    report = get_object_or_404(versions, version=version)
    before = versions.filter(version=version - 1).first()
    context = {"case": case, "report": report, "before": before, "parts": list_parts(report, before)}
    return render(request, "office/report_version.html", context)


def _get_case(request: HttpRequest, code: str) -> tuple[Case, User]:
    user = cast(User, request.user)
    return get_object_or_404(Case.objects.visible_to(user).with_people(), code=code), user


def _status(refusal: Refused) -> int:
    return UNPROCESSABLE if isinstance(refusal, DraftTooLong) else CONFLICT


def _answer_refusal(request: HttpRequest, case: Case, refusal: Refused, for_script: bool) -> HttpResponse:
    """Explain why the draft was not saved. The form shows what was typed, so that it can be saved again."""
    status = _status(refusal)
    if for_script:
        newer = refusal.draft.saved_at.isoformat() if isinstance(refusal, DraftConflict) else ""
        return JsonResponse({"message": str(refusal), "newer": newer}, status=status)
    if not isinstance(refusal, DraftConflict | DraftTooLong):
        return _refused(request, case, refusal, VERBS["report"].title, status)
    user = cast(User, request.user)
    form = ReportForm(case=case, by=user, typed=posted_report(request.POST), conflict=str(refusal))
    return show(request, case, "report", form, status=status)


def _refused(
    request: HttpRequest, case: Case, sentence: Exception, title: str | Promise, status: int
) -> HttpResponse:
    context = {"case": case, "title": title, "refusal": str(sentence)}
    return render(request, "steps/refused.html", context, status=status)
