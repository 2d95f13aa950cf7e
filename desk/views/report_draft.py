"""The endpoint that saves or discards the draft of a report, with or without a script."""

from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from consultations.models import Case
from consultations.workflow import VERBS, Refused
from desk.step_handler import show_step
from desk.views.steps import STAFF
from office.body_limit import body_limit
from office.models import User
from reports.drafts import DraftConflict, DraftTooLong, discard_draft, save_draft
from reports.forms import ReportForm
from reports.forms.posted import posted_draft, posted_report
from reports.sections import PRODUCT


@body_limit(files=0)
@require_POST
@cache_control(private=True, no_store=True)
def report_draft(request: HttpRequest, code: str) -> HttpResponse:
    """Save the draft, or discard it (`buang`). Answer with JSON to the script, else with a redirect.

    Answer 403 to anybody but the officer of the case. Answer 409 if the case does not wait for a report or
    another window saved a newer draft, and 422 if the draft is too long.
    """
    user = cast(User, request.user)
    case = get_object_or_404(Case.objects.visible_to(user).with_people(), code=code)
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


def _answer_refusal(request: HttpRequest, case: Case, refusal: Refused, for_script: bool) -> HttpResponse:
    """Explain why the draft was not saved. The form shows what was typed, so that it can be saved again."""
    is_too_long = isinstance(refusal, DraftTooLong)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_too_long else HTTPStatus.CONFLICT
    if for_script:
        newer = refusal.draft.saved_at.isoformat() if isinstance(refusal, DraftConflict) else ""
        return JsonResponse({"message": str(refusal), "newer": newer}, status=status)
    title = VERBS["report"].title
    if not isinstance(refusal, DraftConflict | DraftTooLong):
        context = {"case": case, "title": title, "refusal": str(refusal)}
        return render(request, "ui/refused.html", context, status=status)
    user = cast(User, request.user)
    form = ReportForm(case=case, by=user, typed=posted_report(request.POST), conflict=str(refusal))
    return show_step(request, case, "report", form, by=user, title=title, audience=STAFF, status=status)
