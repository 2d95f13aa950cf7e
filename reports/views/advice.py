"""Pages of the bank of reusable advice: the list, a proposal from a case, a review."""

from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit.models import Act
from audit.services import record
from consultations.pagination import Page, newest_first
from consultations.queries import get_visible_case
from kit.refusal import Refused
from office import clock
from office.models import Role, User
from office.words import with_words
from reports import advice_bank
from reports.forms.advice import YEAR, ProposeAdviceForm, ReviewAdviceForm
from reports.models import ReusableAdvice

FIELDS = ("kind", "text", "topic", "expires_on", "division__name")
MOST_SHOWN = 50


@require_safe
def advice_list(request: HttpRequest) -> HttpResponse:
    """List the advice that is offered, and for a head the advice to review. `q` searches it."""
    user = cast(User, request.user)
    if not user.roles - {Role.SUPERVISOR}:
        raise PermissionDenied
    words = request.GET.get("q", "")[:200].replace("\0", "")
    offered = advice_bank.get_offered()
    if words.strip():
        page = Page(list(advice_bank.rank(offered, words)[:MOST_SHOWN]))
    else:
        page = newest_first(offered, request.GET, shown=FIELDS)
    context = {
        "words": words,
        "page": page,
        "waiting": advice_bank.get_awaiting_review(user)[:MOST_SHOWN],
        "headed": user.headed_divisions,
    }
    return render(request, "reports/advice_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def propose_advice(request: HttpRequest, code: str) -> HttpResponse:
    """Mark items of the accepted report of a case as reusable. Answer 403 to a user who does not serve it."""
    user = cast(User, request.user)
    case = get_visible_case(user, code)
    if not advice_bank.may_propose(user, case):
        raise PermissionDenied
    form = ProposeAdviceForm(
        request.POST if request.method == "POST" else None, listed=advice_bank.list_items(case)
    )
    if form.is_valid():
        advice_bank.propose(case, by=user, **form.cleaned_data)
        messages.success(
            request, with_words(_("Saran diusulkan. %(division_head)s meninjaunya lebih dahulu."))
        )
        return redirect("case", code=case.code)
    record(Act.CASE, by=user, case=case, target="bank saran")
    status = HTTPStatus.UNPROCESSABLE_CONTENT if form.errors else HTTPStatus.OK
    return render(request, "reports/propose_advice.html", {"case": case, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def review_advice(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer or reject one item. Answer 403 to a user who does not head its division."""
    user = cast(User, request.user)
    advice = get_object_or_404(ReusableAdvice.objects.select_related("case", "division"), pk=pk)
    if not advice_bank.heads(user, advice):
        raise PermissionDenied
    form = ReviewAdviceForm(
        request.POST if request.method == "POST" else None,
        initial={
            "text": advice.text,
            "topic": advice.topic,
            "expires_on": advice.expires_on or clock.today() + YEAR,
        },
    )
    if form.is_valid():
        try:
            advice_bank.review(advice, by=user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Tinjauan disimpan."))
            return redirect("advice_list")
    status = HTTPStatus.UNPROCESSABLE_CONTENT if form.errors else HTTPStatus.OK
    return render(request, "reports/review_advice.html", {"advice": advice, "form": form}, status=status)
