"""Papers as PDF: for the staff who may see the case, and for the applicant who holds the secret link."""

from http import HTTPStatus
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from consultations.models import Case
from consultations.parties import Party, parties
from consultations.views.secret import behind_secret
from office.models import User
from reports.documents import KINDS, Kind, NotAvailable
from reports.freezing import content_of
from reports.rendering import TooLong

HAND_OUT_RECEIPTS = {Party.SECRETARIAT, Party.TIM_PKD}
"""Who gives the applicant the secret link; a receipt that others print leads to the lookup page."""


@require_safe
@cache_control(private=True, no_store=True)
def paper(request: HttpRequest, code: str, paper: str) -> HttpResponse:
    """A paper of a case that the user may see."""
    kind, user = _kind(paper), cast(User, request.user)
    case = get_object_or_404(Case.objects.visible_to(user).with_people(), code=code)
    own_link = HAND_OUT_RECEIPTS & parties(user, case).keys()
    path = reverse("follow", args=[case.secret]) if own_link else reverse("lookup")
    return _answer(request, kind, case, request.build_absolute_uri(path))


@behind_secret
@require_safe
def public_paper(request: HttpRequest, case: Case, paper: str) -> HttpResponse:
    """A paper for the applicant; the report only once the Kepala Dinas has accepted it."""
    kind = _kind(paper)
    if case.state not in kind.applicant_in:
        raise Http404
    path = reverse("follow", args=[case.secret])
    return _answer(request, kind, case, request.build_absolute_uri(path))


def _kind(slug: str) -> Kind:
    if kind := KINDS.get(slug):
        return kind
    raise Http404


def _answer(request: HttpRequest, kind: Kind, case: Case, link: str) -> HttpResponse:
    try:
        content = content_of(kind, case, link=link)
    except (NotAvailable, TooLong) as answer:
        context = {"title": kind.title, "sentence": answer}
        return render(request, "print/unavailable.html", context, status=HTTPStatus.NOT_FOUND)
    name = f"{kind.slug}-{case.code}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
