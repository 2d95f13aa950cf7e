"""Pages of moderation: the queue of held drafts (Kiriman yang perlu dilihat), one draft, its files."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit.models import Act
from audit.services import record
from consultations.addresses import redirect_to_case
from consultations.views.files import serve
from intake import moderation
from intake.forms.drafts import form_for_draft
from intake.forms.request import first_words
from intake.request_summary import summarise, without_identity
from kit.refusal import Refused
from office.models import User

MAX_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
def held_drafts(request: HttpRequest) -> HttpResponse:
    """The queue. A POST rejects the ticked drafts."""
    user = _moderator(request)
    error = ""
    if request.method == "POST":
        if keys := _keys(request):
            number = moderation.reject(keys, by=user)
            text = _("%(number)s kiriman tidak diterima. %(note)s")
            note = moderation.get_reject_note(user)
            _report_rejection(request, number, text % {"number": number, "note": note})
            return redirect("held_drafts")
        error = _("Centang kiriman yang tidak diterima.")
    held = moderation.list_held(user)
    context = {
        "rows": [(draft, first_words(draft.typed.get("material", ""))) for draft in held[:MAX_SHOWN]],
        "count": held.count(),
        "error": error,
        "may_reject": moderation.may_reject(user),
        "reject_note": moderation.get_reject_note(user),
    }
    return render(request, "intake/held_drafts.html", context, status=422 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def held_draft(request: HttpRequest, key: UUID) -> HttpResponse:
    """One held draft. A POST accepts it, or rejects it if `discard` is set."""
    user = _moderator(request)
    draft = get_object_or_404(moderation.list_held(user).prefetch_related("files"), held_key=key)
    if "discard" in request.POST:
        _report_rejection(request, moderation.reject([key], by=user), str(draft.wording.rejected))
        return redirect("desk")
    form = form_for_draft(draft, offers_times=False)
    is_valid = form.is_valid()
    refusal = ""
    if request.method == "POST" and is_valid:
        try:
            case = moderation.accept(draft, by=user, details=form.cleaned_data)
        except Refused as answer:
            refusal = str(answer)
        else:
            text = draft.wording.accepted % {"code": case.code, "subject": case.subject}
            messages.success(request, text)
            return redirect_to_case(case, user)
    elif request.method == "POST":
        refusal = _("Kiriman ini tidak lengkap lagi, jadi tidak dapat diterima. Hubungi pengirimnya.")
    record(Act.DRAFT, by=user, target=f"kiriman {key}")
    summary = summarise(form)
    context = {
        "draft": draft,
        "sections": without_identity(summary) if draft.is_sealed else summary,
        "refusal": refusal,
    }
    return render(request, "intake/held_draft.html", context, status=409 if refusal else 200)


@require_safe
def held_file(request: HttpRequest, key: UUID, pk: int) -> HttpResponseBase:
    """A file of a held draft, unless the draft is sealed."""
    user = _moderator(request)
    draft = get_object_or_404(moderation.list_held(user), held_key=key)
    file = get_object_or_404(draft.files, pk=pk)
    if draft.is_sealed:
        raise PermissionDenied
    record(Act.FILE, by=user, target=f"berkas {file.pk} dari kiriman")
    return serve(file)


def _moderator(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not moderation.moderator_titles(user):
        raise PermissionDenied
    return user


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
