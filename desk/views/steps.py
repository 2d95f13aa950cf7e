"""Pages of the steps: one handler for staff and applicant, the staff's page, and the drafts of long forms."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from consultations.enums import Identity, Party, State
from consultations.forms import LongForm, StepForm
from consultations.identity import can_reveal_identity
from consultations.intake.requirements import list_given, list_state
from consultations.intake.uploads import MAX_BYTES, MAX_FILES
from consultations.models import Attachment, Case
from consultations.parties import Actor
from consultations.queries import get_page_after, get_visible_case, list_repeats
from consultations.scheduling.queries import current_session
from consultations.secret_link import case_opened
from consultations.services import DraftConflict, DraftTooLong, discard_draft, get_draft, save_draft
from consultations.steps import PAGES
from consultations.work import get_turn_item
from consultations.workflow import VERBS, check, list_open_steps
from desk.guides import find_help
from desk.views import desk
from desk.views.desk import get_queue, go_on, is_in_queue
from desk.waiting import get_actions, get_place
from kit import clock
from kit.form_view import add_refusal
from kit.limits import body_limit
from kit.middleware import keeps_unsent
from kit.refusal import Refused
from office.models import User
from office.rights import StaffRequest
from reports.advice import Advice, find_advice, list_fitting, list_similar

STALE = _(
    "Permohonan ini sudah berubah sejak halaman ini dibuka. Periksa keterangan terbaru di halaman ini, lalu "
    "kirim lagi bila masih sesuai."
)


@dataclass(frozen=True)
class Audience:
    """The page around a step's form for one kind of actor.

    `get_context` returns the rest of the template context. `redirect_after` returns the response after the
    step was taken.
    """

    template: str
    refused_template: str
    get_context: Callable[[HttpRequest, Case, str, Actor], dict[str, Any]]
    redirect_after: Callable[[HttpRequest, Case, str], HttpResponse]


def handle_step(
    request: HttpRequest, case: Case, verb: str, *, by: Actor, title: str | Promise, audience: Audience
) -> HttpResponse:
    """Show the form of a step, or take the step.

    Answer 409 with a sentence if the step cannot be taken now, and 422 with the bound form if a field is
    invalid. Raise PermissionDenied if `by` may not take the step.
    """
    title = case.wording.speak(title)
    if request.method == "POST":
        form = PAGES[verb].form(request.POST, request.FILES, case=case, by=by)
        status = _take(request, case, verb, form, by=by)
        if status == HTTPStatus.FOUND:
            return audience.redirect_after(request, case, verb)
        if not _is_current(request, case) and verb not in {s.verb for s in list_open_steps(by, case)}:
            context = {
                "case": case,
                "title": title,
                "refusal": form.non_field_errors()[0],
                "taken": case.history.latest("pk"),
                "typed": _list_texts(form),
            }
            return render(request, audience.refused_template, context, status=status)
        if isinstance(form, LongForm):
            form.draft = get_draft(case, verb)
    else:
        try:
            check(verb, case, by=by)
        except Refused as refusal:
            context = {
                "case": case,
                "title": title,
                "refusal": refusal,
                "opens_at": get_actions(by, case).opens_at,
            }
            return render(request, audience.refused_template, context, status=HTTPStatus.CONFLICT)
        form, status = _open_form(request, case, verb, by), HTTPStatus.OK
    return show_step(request, case, verb, form, by=by, title=title, audience=audience, status=status)


def _is_current(request: HttpRequest, case: Case) -> bool:
    return request.POST.get("version", str(case.version)) == str(case.version)


def _list_texts(form: StepForm) -> list[tuple[str, str]]:
    """Return the labels and texts that the user has typed, so that nobody writes them twice."""
    fields = [field for field in form.visible_fields() if field.widget_type in ("text", "textarea")]
    return [(str(field.label), field.value()) for field in fields if field.value()]


def _open_form(request: HttpRequest, case: Case, verb: str, by: Actor) -> StepForm:
    """Return the form, filled from the query string, the draft, or the data posted before a login."""
    form = PAGES[verb].form
    initial: dict[str, Any] = {
        name: request.GET[name] for name in form.prefilled_by_query if name in request.GET
    }
    options = {"draft": get_draft(case, verb)} if form.is_long else {}
    if draft := options.get("draft"):
        initial |= draft.typed
    if unsent := getattr(request, "unsent", None):
        initial |= form(unsent, case=case, by=by).typed()
    return form(case=case, by=by, initial=initial, **options)


def _take(request: HttpRequest, case: Case, verb: str, form: StepForm, *, by: Actor) -> HTTPStatus:
    """Take the step and return FOUND; or add to the form why not, and return CONFLICT or 422."""
    is_current = _is_current(request, case)
    try:
        if is_current and form.is_valid():
            PAGES[verb].service(case, by=by, **form.cleaned_data)
            return HTTPStatus.FOUND
        check(verb, case, by=by)
    except Refused as refusal:
        status = add_refusal(form, refusal)
        if is_current:
            return status
    if is_current:
        return HTTPStatus.UNPROCESSABLE_CONTENT
    form.add_error(None, str(STALE))
    return HTTPStatus.CONFLICT


def show_step(
    request: HttpRequest,
    case: Case,
    verb: str,
    form: StepForm,
    *,
    by: Actor,
    title: str | Promise,
    audience: Audience,
    status: int,
) -> HttpResponse:
    context = {
        "case": case,
        "verb": verb,
        "title": form.title or title,
        "form": form,
        "page": PAGES[verb],
        **audience.get_context(request, case, verb, by),
    }
    return render(request, audience.template, context, status=status)


SHOWN = 700
"""Characters of a long text that are shown before the fold, at most."""

BREAK = re.compile(r"\n\s*\n|(?<=[.?!])\s")


def split_text(text: str) -> tuple[str, str]:
    """Return the shown and the folded part of a text, split between paragraphs or sentences."""
    if len(text) <= SHOWN + SHOWN // 2:
        return text, ""
    cut = max((found.start() for found in BREAK.finditer(text, SHOWN // 3, SHOWN)), default=SHOWN)
    return text[:cut].rstrip(), text[cut:].lstrip()


RETURNS = {
    "accept": "return",
    "cosign": "refer_back",
    "forward": "revise",
    "assign": "hand_back",
    "ratify": "refuse_disposition",
    "ratify_assignment": "refuse_assignment",
}
"""The step that sends a case back, beside the step that sends it on."""

MAX_TYPED = 2_000
"""Characters of a typed text that are compared with the advice."""


@body_limit(files=MAX_FILES * MAX_BYTES)
@keeps_unsent
@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: StaffRequest, code: str, verb: str) -> HttpResponse:
    """Show or take a step. Answer 404 if the case is not visible or the staff has no such step."""
    user = request.user
    if verb not in PAGES or VERBS[verb].actor == Party.APPLICANT:
        raise Http404
    case = get_visible_case(user, code)
    response = handle_step(request, case, verb, by=user, title=VERBS[verb].title, audience=STAFF)
    if request.method != "HEAD" and response.status_code != HTTPStatus.FOUND:  # also after a refused POST
        case_opened.send(Case, case=case, by=user)
    return response


def _get_context(request: HttpRequest, case: Case, verb: str, by: Actor) -> dict[str, Any]:
    item = get_turn_item(case)
    documents = case.documents.in_force().select_related("replaced_by").order_by("issued_at")
    attachments = list(case.attachments.all())
    others = [step for step in list_open_steps(by, case) if step.verb in PAGES and step.verb != verb]
    return {
        "help": find_help(cast(User, by), VERBS[verb].title),
        "place": get_place(item, clock.now()) if item and item.due_at else None,
        "matter": split_text(case.material),
        "documents": [document for document in documents if not document.has_secret_link],
        "assignment": case.assignments.order_by("pk").last() if case.officer == by else None,
        "repeats": list_repeats([case.pk], cast(User, by)).get(case.pk, []),
        "session": current_session(case),
        "attachments": [file for file in attachments if file.purpose not in Attachment.WITH_RECORD],
        "max_bytes": MAX_BYTES,
        "session_files": [file for file in attachments if file.purpose in Attachment.OF_SESSION],
        "requirements": list_state(case, list_given(case)),
        "can_reveal_identity": can_reveal_identity(cast(User, by), case),
        "stays_hidden": case.identity == Identity.CONFIDENTIAL,
        "notes": case.history.exclude(note="").order_by("-pk")[:3],
        "can_merge": any(step.verb == "merge" for step in others),
        "return_step": next((step for step in others if step.verb == RETURNS.get(verb)), None),
        "others": [step for step in others if step.verb != RETURNS.get(verb)],
        "queue": get_queue(request, case),
        "similar": list_similar(case, by=cast(User, by)) if PAGES[verb].form.takes_advice else [],
        "fitting": _list_fitting_matter(case) if PAGES[verb].form.takes_advice else [],
    }


@require_POST
def fitting_advice(request: StaffRequest, code: str, verb: str) -> HttpResponse:
    """Return the advice that fits the text typed in a step, or else the matter, as a part of the page."""
    case = get_object_or_404(Case.objects.visible_to(request.user), code=code)
    typed = request.POST.get("material", "")[:MAX_TYPED].replace("\0", "")
    context = {
        "fitting": list_fitting(typed) or _list_fitting_matter(case),
        "draft_address": reverse("step_draft", args=[case.code, verb]),
    }
    return render(request, "reports/fitting.html", context)


def _list_fitting_matter(case: Case) -> list[Advice]:
    return list_fitting(f"{case.subject} {case.material}")


DURING = ("start", "record_attendance")
"""Steps that lead to the page of the running consultation."""


def _redirect_after(request: HttpRequest, case: Case, verb: str) -> HttpResponse:
    words = {"done": case.wording.speak(VERBS[verb].done), "subject": case.subject}
    done = gettext("%(done)s: %(subject)s") % words
    steps = list_open_steps(cast(User, request.user), case)
    if back := next((step for step in steps if step.verb == VERBS[verb].way_back), None):
        address = reverse("step", args=[case.code, back.verb])
        done = format_html('{}. <a data-verb="{}" href="{}">{}</a>', done, back.verb, address, back.title)
    messages.success(request, done)
    if case.state == State.IN_SESSION and verb in DURING:
        return redirect("step", code=case.code, verb="finish")
    if is_in_queue(request):
        return go_on(request)
    return redirect(get_page_after(case, cast(User, request.user)))


STAFF = Audience("desk/steps/step.html", "ui/refused.html", _get_context, _redirect_after)


@body_limit(files=MAX_BYTES)
@require_http_methods(["GET", "POST"])
@cache_control(private=True, no_store=True)
@keeps_unsent
def step_draft(request: StaffRequest, code: str, verb: str) -> HttpResponse:
    """Save the draft, or discard it (`buang`). Answer with JSON to the script, else with a redirect.

    `ambil` adds an item of advice of an earlier case to the typed data.

    A GET comes from the login page: it saves the data posted before the login. Answer 403 to anybody who may
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
            messages.success(request, gettext("Konsep dibuang."))
            return redirect(address)
        content, taken = form.posted_draft(), ""
        if form.takes_advice and (advice := find_advice(posted.get("ambil", ""), by=user)):
            content["typed"], taken = form.typed_with(advice.kind, advice.text, advice.source, advice.named)
        draft = save_draft(case, verb, by=user, **content)
    except Refused as refusal:
        return _answer_refusal(request, case, verb, form, refusal, for_script)
    sentence = gettext("Konsep tersimpan pukul %(at)s.") % {
        "at": time_format(timezone.localtime(draft.saved_at), "TIME_FORMAT")
    }
    if for_script:
        return JsonResponse({"message": sentence, "seen": draft.saved_at.isoformat()})
    messages.success(request, sentence)
    if request.FILES:
        messages.warning(request, gettext("Berkas tidak ikut tersimpan. Pilih lagi berkasnya saat mengirim."))
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
