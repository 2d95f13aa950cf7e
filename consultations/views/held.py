"""Held drafts (Kiriman yang perlu dilihat): what Tim PKD looks at before it comes in, or throws away."""

from typing import cast
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations import drafts
from consultations import held as held_drafts
from consultations.checked_request import check_sections, without_identity
from consultations.models import Case, DraftFile, RequestDraft
from consultations.views.files import serve
from consultations.workflow import Refused
from office.models import User

HELD = RequestDraft.objects.exclude(held_at=None)


class DiscardForm(forms.Form):
    """A confirmation: what is thrown away does not come back."""

    sure = forms.BooleanField(
        label=_("Ya, ini bukan permohonan; hapus untuk selamanya"),
        error_messages={"required": _("Centang kotak ini bila kiriman memang harus dihapus.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def held(request: HttpRequest, token: UUID) -> HttpResponse:
    """One held draft, with the two ways on: take it in, or throw it away."""
    user = _judge(request)
    draft = get_object_or_404(HELD.all(), pk=token)
    if request.method != "POST":
        return _page(request, draft, DiscardForm())
    if "discard" in request.POST:
        form = DiscardForm(request.POST)
        if not form.is_valid():
            return _page(request, draft, form, status=422)
        held_drafts.discard(draft, by=user)
        return redirect("desk")
    try:
        case = held_drafts.take_in(draft, by=user)
    except Refused as refusal:
        return _page(request, draft, DiscardForm(), str(refusal), status=409)
    return redirect("case", code=case.code)


@require_safe
def held_file(request: HttpRequest, token: UUID, pk: int) -> HttpResponseBase:
    """A file of a held draft."""
    _judge(request)
    file = get_object_or_404(DraftFile.objects.filter(draft__in=HELD.all(), draft=token), pk=pk)
    if _hides(file.draft):
        raise PermissionDenied
    return serve(file)


def _judge(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not held_drafts.may_judge(user):
        raise PermissionDenied
    return user


def _hides(draft: RequestDraft) -> bool:
    """Whether the sender asked to stay hidden: who that is opens only as a case, and each look is logged."""
    return draft.typed.get("identity") == Case.Identity.CONFIDENTIAL


def _page(
    request: HttpRequest, draft: RequestDraft, form: DiscardForm, refusal: str = "", status: int = 200
) -> HttpResponse:
    request_form = drafts.form_of(draft, offers_times=False)
    request_form.is_valid()
    sections = check_sections(request_form)
    context = {
        "draft": draft,
        "sections": without_identity(sections) if _hides(draft) else sections,
        "is_hidden": _hides(draft),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "office/held_draft.html", context, status=status)
