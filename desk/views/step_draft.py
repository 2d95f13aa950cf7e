"""The endpoint that saves or discards the draft of a long form, with or without a script."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from consultations.drafts import DraftConflict, DraftTooLong, discard_draft, get_draft, save_draft
from consultations.forms.step import LongForm
from consultations.intake.uploads import MAX_BYTES
from consultations.models import Case
from consultations.queries import get_visible_case
from consultations.signals import case_opened
from consultations.steps import PAGES
from consultations.workflow import VERBS
from desk.step_handler import show_step
from desk.views import desk
from desk.views.steps import STAFF
from kit.limits import body_limit
from kit.refusal import Refused
from kit.unsent import keeps_unsent
from office.rights import StaffRequest
from reports.advice import find_advice


@body_limit(files=MAX_BYTES)
@require_http_methods(["GET", "POST"])
@cache_control(private=True, no_store=True)
@keeps_unsent
def step_draft(request: StaffRequest, code: str, verb: str) -> HttpResponse:
    """Save the draft, or discard it (`buang`). Answer with JSON to the script, else with a redirect.

    `ambil` adds an item of advice of an earlier case to what was typed.

    A GET comes from the login page: it saves what was posted before the login. Answer 403 to anybody who may
    not take the step. Answer 409 if the step cannot be taken now or another window saved a newer draft, and
    422 if the draft is too long.
    """
    user = request.user
    form_class = PAGES[verb].form if verb in PAGES else None
    if not (form_class and issubclass(form_class, LongForm)):
        raise Http404
    case = get_visible_case(user, code)
    address = reverse("step", kwargs={"code": case.code, "verb": verb})
    posted = request.POST if request.method == "POST" else request.unsent
    if not posted:
        return redirect(address)
    if desk.NAME in posted:
        address += f"?{desk.NAME}=1"
    for_script = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    form = form_class(posted, case=case, by=user)
    try:
        if "buang" in posted:
            discard_draft(case, verb, by=user)
            messages.success(request, _("Konsep dibuang."))
            return redirect(address)
        content, taken = form.posted_draft(), ""
        if form.takes_advice and (advice := find_advice(posted.get("ambil", ""), by=user)):
            content["typed"], taken = form.typed_with(advice.kind, advice.text, advice.source)
        draft = save_draft(case, verb, by=user, **content)
    except Refused as refusal:
        return _answer_refusal(request, case, verb, form, refusal, for_script)
    sentence = _("Konsep tersimpan pukul %(at)s.") % {
        "at": time_format(timezone.localtime(draft.saved_at), "TIME_FORMAT")
    }
    if for_script:
        return JsonResponse({"message": sentence, "seen": draft.saved_at.isoformat()})
    messages.success(request, sentence)
    if request.FILES:
        messages.warning(request, _("Berkas tidak ikut tersimpan. Pilih lagi berkasnya saat mengirim."))
    if taken:
        return redirect(f"{address}#div_id_{taken}")
    more = next((name for name in form.fields if f"tambah_{name}" in posted), "")
    if more:
        address += f"{'&' if '?' in address else '?'}tambah={more}#div_id_{more}"
    return redirect(address)


def _answer_refusal(
    request: StaffRequest, case: Case, verb: str, form: LongForm, refusal: Refused, for_script: bool
) -> HttpResponse:
    """Explain why the draft was not saved. The form shows what was typed, so that it can be saved again."""
    is_too_long = isinstance(refusal, DraftTooLong)
    status = HTTPStatus.UNPROCESSABLE_CONTENT if is_too_long else HTTPStatus.CONFLICT
    if for_script:
        newer = refusal.draft.saved_at.isoformat() if isinstance(refusal, DraftConflict) else ""
        return JsonResponse({"message": str(refusal), "newer": newer}, status=status)
    title = VERBS[verb].title
    if not isinstance(refusal, DraftConflict | DraftTooLong):
        context = {"case": case, "title": title, "refusal": str(refusal)}
        return render(request, "ui/refused.html", context, status=status)
    shown = type(form)(
        case=case, by=request.user, initial=form.typed(), draft=get_draft(case, verb), conflict=str(refusal)
    )
    case_opened.send(Case, case=case, by=request.user)
    return show_step(request, case, verb, shown, by=request.user, title=title, audience=STAFF, status=status)
