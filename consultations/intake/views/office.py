"""Pages of the office for what arrives: a new case at the counter, and moderation of held drafts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations.addresses import redirect_to_case
from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.intake import moderation
from consultations.intake.drafts import create_once, hash_submission
from consultations.intake.forms.complaint import form_for_draft, summarise, without_identity
from consultations.intake.forms.counter import CounterForm
from consultations.intake.forms.request import first_words
from consultations.intake.uploads import MAX_BYTES, MAX_FILES
from consultations.models import Case
from consultations.views import serve
from consultations.workflow import VERBS, check
from kit.form_view import handle_form
from kit.limits import body_limit
from kit.middleware import keeps_unsent
from kit.refusal import Refused
from office import rights
from office.rights import StaffRequest, requires

MAX_SHOWN = 100


@body_limit(files=MAX_FILES * MAX_BYTES)
@keeps_unsent
def create_case(
    request: StaffRequest, *, verb: str, form: type[CounterForm], service: Callable[..., Case]
) -> HttpResponse:
    """Create a case by a verb of the table and show it with its tracking code.

    A complaint in the independent channel is not shown, and its code is not told: with the telephone number
    that was just typed it would open the case (`lacak/`).

    The desk with a sentence before the service opens, 403 if the verb is not the user's. The same form sent
    twice creates one case.
    """
    try:
        check(verb, Case(), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("desk")

    def act(submission_token: UUID, **entered: Any) -> HttpResponse:
        key = hash_submission(submission_token)
        case = create_once(key, lambda: service(by=request.user, submission_hash=key, **entered))
        if case.is_independent:
            messages.success(request, str(case.wording.recorded))
            return redirect("desk")
        # The tracking code to tell the applicant. The case's page offers the receipt (Tanda Terima).
        messages.success(request, format_html("{} <strong>{}</strong>.", case.wording.recorded, case.code))
        return redirect("case", code=case.code)

    context = {"verb": verb, "title": VERBS[verb].title}
    return handle_form(request, form, act, "intake/counter.html", context)


@requires(rights.MODERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def held_drafts(request: StaffRequest) -> HttpResponse:
    """The queue. A POST rejects the ticked drafts."""
    error = ""
    if request.method == "POST":
        if keys := _keys(request):
            number = moderation.reject(keys, by=request.user)
            text = _("%(number)s kiriman tidak diterima. %(note)s")
            note = moderation.get_reject_note(request.user)
            _report_rejection(request, number, text % {"number": number, "note": note})
            return redirect("held_drafts")
        error = _("Centang kiriman yang tidak diterima.")
    held = moderation.list_held(request.user)
    context = {
        "rows": [(draft, first_words(draft.typed.get("material", ""))) for draft in held[:MAX_SHOWN]],
        "count": held.count(),
        "error": error,
        "may_reject": moderation.may_reject(request.user),
        "reject_note": moderation.get_reject_note(request.user),
    }
    return render(request, "intake/held_drafts.html", context, status=422 if error else 200)


@requires(rights.MODERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def held_draft(request: StaffRequest, key: UUID) -> HttpResponse:
    """One held draft. A POST accepts it, or rejects it if `discard` is set."""
    draft = get_object_or_404(moderation.list_held(request.user).prefetch_related("files"), held_key=key)
    if "discard" in request.POST:
        _report_rejection(request, moderation.reject([key], by=request.user), str(draft.wording.rejected))
        return redirect("desk")
    form = form_for_draft(draft, offers_times=False)
    is_valid = form.is_valid()
    refusal = ""
    if request.method == "POST" and is_valid:
        try:
            case = moderation.accept(draft, by=request.user, details=form.cleaned_data)
        except Refused as answer:
            refusal = str(answer)
        else:
            text = draft.wording.accepted % {"code": case.code, "subject": case.subject}
            messages.success(request, text)
            return redirect_to_case(case, request.user)
    elif request.method == "POST":
        refusal = _("Kiriman ini tidak lengkap lagi, jadi tidak dapat diterima. Hubungi pengirimnya.")
    record(Act.DRAFT, by=request.user, target=f"kiriman {key}")
    summary = summarise(form)
    context = {
        "draft": draft,
        "sections": without_identity(summary) if draft.is_sealed else summary,
        "refusal": refusal,
    }
    return render(request, "intake/held_draft.html", context, status=409 if refusal else 200)


@requires(rights.MODERATE)
@require_safe
def held_file(request: StaffRequest, key: UUID, pk: int) -> HttpResponseBase:
    """A file of a held draft, unless the draft is sealed."""
    draft = get_object_or_404(moderation.list_held(request.user), held_key=key)
    file = get_object_or_404(draft.files, pk=pk)
    if draft.is_sealed:
        raise PermissionDenied
    record(Act.FILE, by=request.user, target=f"berkas {file.pk} dari kiriman")
    return serve(file)


def _keys(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(key) for key in request.POST.getlist("draft")]
    except ValueError:
        return []


def _report_rejection(request: HttpRequest, number: int, text: str) -> None:
    if number:
        messages.success(request, text)
    else:
        messages.warning(request, _("Orang lain baru saja memutuskan kiriman ini."))
