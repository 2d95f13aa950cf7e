"""The retention of records (Retensi arsip): what is due, proposals to erase, and their decision."""

from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations.models import Case
from consultations.pagination import newest_first
from kit.refusal import Refused
from ledger.models import Disposal
from office.models import RetentionRule, Role, User
from office.unsent import keeps_unsent, take_unsent
from office.words import with_words
from privacy.due import get_due
from privacy.forms import DisposalForm
from privacy.services import decide, propose
from privacy.services.disposal import OWN_PROPOSAL, PROPOSERS, READERS

SHOWN = ("rule", "rows", "before", "proposed_at", "proposed_title", "decided_at", "is_approved", "done_at")


def _get_reader(request: HttpRequest) -> User:
    """Return the user. Raise Http404 without one of the roles."""
    user = cast(User, request.user)
    if not READERS & user.roles:
        raise Http404
    return user


@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """Show what is due of each kind, and the proposals, newest first."""
    user = _get_reader(request)
    page = newest_first(Disposal.objects.all(), request.GET, shown=SHOWN)
    waiting = set(Disposal.objects.filter(decided_at=None).values_list("rule", flat=True))
    context = {
        "due": [get_due(kind) for kind in RetentionRule.Kind],
        "waiting": waiting,
        "page": page,
        "proposes": bool(PROPOSERS & user.roles),
    }
    return render(request, "privacy/retention.html", context)


@require_POST
def propose_erasure(request: HttpRequest, kind: str) -> HttpResponse:
    """Propose the erasure of the due records of one kind."""
    user = _get_reader(request)
    if kind not in RetentionRule.Kind.values:
        raise Http404
    try:
        disposal = propose(kind, by=user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("retention")
    messages.success(request, with_words(_("Usul sudah dikirim kepada %(head)s.")))
    return redirect("disposal", disposal.pk)


@keeps_unsent
@require_http_methods(["GET", "HEAD", "POST"])
def disposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a proposal with its list; the Kepala Dinas decides. Answer 409 if it was decided meanwhile."""
    user = _get_reader(request)
    found = get_object_or_404(Disposal.objects.select_related("proposed_by", "decided_by"), pk=pk)
    status, is_own = HTTPStatus.OK, found.proposed_by_id == user.pk
    decides = Role.HEAD in user.roles and not found.decided_at
    form = DisposalForm(initial=DisposalForm(unsent).typed() if (unsent := take_unsent(request)) else None)
    if request.method == "POST":
        form, status = DisposalForm(request.POST), HTTPStatus.UNPROCESSABLE_CONTENT
        if form.is_valid():
            try:
                decide(found, by=user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = HTTPStatus.CONFLICT
            else:
                messages.success(request, _("Keputusan Anda tercatat."))
                return redirect("disposal", pk)
    visible = set(Case.objects.visible_to(user).filter(code__in=found.codes).values_list("code", flat=True))
    context = {
        "disposal": found,
        "codes": [(code, code in visible) for code in found.codes],
        "form": form if decides and not is_own else None,
        "obstacle": OWN_PROPOSAL if decides and is_own else "",
    }
    return render(request, "privacy/disposal.html", context, status=status)
