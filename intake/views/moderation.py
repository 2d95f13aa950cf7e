"""Held drafts (Kiriman yang perlu dilihat): what is looked at before it comes in, or is turned away."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consultations.addresses import redirect_to_case
from consultations.enums import Kind, Party
from consultations.views.files import serve
from consultations.workflow import Refused
from intake import drafts
from intake import moderation as held
from intake.forms.moderation import TurnAwayForm, TurnSeveralAwayForm
from intake.forms.request import first_words
from intake.models import HeldDecision, RequestDraft
from intake.request_summary import check_sections, without_identity
from office.models import User

MOST_SHOWN = 100
MOST_DECISIONS = 50

TURNED_AWAY = {
    Kind.CONSULTATION: gettext_lazy("Kiriman tidak diterima dan sudah dihapus."),
    Kind.COMPLAINT: gettext_lazy("Pengaduan dikesampingkan: Kepala Dinas masih melihatnya selama 90 hari."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def held_drafts(request: HttpRequest) -> HttpResponse:
    """All held drafts, several of which can be turned away with one reason, and what became of the last."""
    user = _judge(request)
    form = TurnSeveralAwayForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        number = held.turn_away(form.cleaned_data["draft"], by=user, reason=form.cleaned_data["reason"])
        said = _("%(number)s kiriman tidak diterima: permohonan dihapus, pengaduan dikesampingkan.")
        _say_turned_away(request, number, said % {"number": number})
        return redirect("held_drafts")
    mine = held.held_for(user)
    rows = [(draft, first_words(draft.typed.get("material", ""))) for draft in mine[:MOST_SHOWN]]
    context = {
        "rows": rows,
        "count": mine.count(),
        "form": form,
        "may_turn_away": Party.TIM_PKD in held.judges(user),
        "decisions": HeldDecision.objects.select_related("by").order_by("-pk")[:MOST_DECISIONS],
    }
    return render(request, "intake/held_drafts.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def held_draft(request: HttpRequest, key: UUID) -> HttpResponse:
    """One held draft, with the two ways on: take it in, or turn it away."""
    user = _judge(request)
    draft = get_object_or_404(held.held_for(user), held_key=key)
    if request.method != "POST":
        return _page(request, draft, TurnAwayForm())
    if "discard" in request.POST:
        form = TurnAwayForm(request.POST)
        if not form.is_valid():
            return _page(request, draft, form, status=422)
        number = held.turn_away([key], by=user, reason=form.cleaned_data["reason"])
        _say_turned_away(request, number, str(TURNED_AWAY[Kind(draft.kind)]))
        return redirect("desk")
    try:
        case = held.take_in(draft, by=user)
    except Refused as refusal:
        return _page(request, draft, TurnAwayForm(), str(refusal), status=409)
    said = _("Kiriman diterima sebagai permohonan dengan kode lacak %(code)s: %(subject)s")
    messages.success(request, said % {"code": case.code, "subject": case.subject})
    return redirect_to_case(case, user)


def _say_turned_away(request: HttpRequest, number: int, said: str) -> None:
    """Say what became of so many held drafts; none is left where somebody was faster."""
    if number:
        messages.success(request, said)
    else:
        messages.warning(request, _("Orang lain baru saja memutuskan kiriman ini."))


@require_safe
def held_file(request: HttpRequest, key: UUID, pk: int) -> HttpResponseBase:
    """A file of a held draft."""
    user = _judge(request)
    draft = get_object_or_404(held.held_for(user), held_key=key)
    file = get_object_or_404(draft.files, pk=pk)
    if draft.stays_hidden:
        raise PermissionDenied
    return serve(file)


def _judge(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not held.judges(user):
        raise PermissionDenied
    return user


def _page(
    request: HttpRequest, draft: RequestDraft, form: TurnAwayForm, refusal: str = "", status: int = 200
) -> HttpResponse:
    request_form = drafts.form_of(draft, offers_times=False)
    request_form.is_valid()
    sections = check_sections(request_form)
    context = {
        "draft": draft,
        "sections": without_identity(sections) if draft.stays_hidden else sections,
        "form": form,
        "refusal": refusal,
    }
    return render(request, "intake/held_draft.html", context, status=status)
