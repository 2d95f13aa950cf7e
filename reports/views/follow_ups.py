"""The list of recommendations by due date, and the page on which the outcome of one is recorded."""

from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations.pagination import newest_first, soonest_first
from consultations.parties import serves
from consultations.queries import of_visible_case
from kit.refusal import Refused
from office.models import User
from office.unsent import keeps_unsent, take_unsent
from reports.filters import FollowUpFilter
from reports.follow_ups import record_follow_up
from reports.forms.follow_up import FollowUpForm
from reports.models import FollowUp

CASE_FIELDS = (
    "code",
    "subject",
    "agenda__year",
    "agenda__number",
    "division",
    "officer",
    "complained_about",
    "is_independent",
)
FIELDS = (
    *("text", "responsible", "due", "outcome", "done_at", "done_title"),
    *(f"case__{field}" for field in CASE_FIELDS),
)
"""Fields that a row shows, and those that decide whether the user may record its outcome."""


@require_safe
def follow_ups(request: HttpRequest) -> HttpResponse:
    """List open or late recommendations, most urgent first, or those that are done, newest first."""
    user = cast(User, request.user)
    chosen = FollowUpFilter(request.GET, FollowUp.objects.filter(of_visible_case(user)))
    if chosen.choice == chosen.Choice.DONE:
        page = newest_first(chosen.qs, request.GET, shown=FIELDS)
    else:
        undated = chosen.choice == chosen.Choice.OPEN
        page = soonest_first(chosen.qs, request.GET, shown=FIELDS, undated=undated)
    rows = [(follow_up, serves(user, follow_up.case)) for follow_up in page.rows]
    return render(request, "reports/follow_ups.html", {"page": page, "rows": rows, "filter": chosen})


@keeps_unsent
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the outcome of a recommendation.

    404 if its case is not visible, 403 if the user does not serve the case, 409 if it is done already,
    422 if the outcome is missing.
    """
    user = cast(User, request.user)
    visible = FollowUp.objects.filter(of_visible_case(user)).select_related("case__agenda", "report")
    found = get_object_or_404(visible, pk=pk)
    if not serves(user, found.case):
        raise PermissionDenied
    if found.done_at and request.method != "POST":
        refusal = _("Tindak lanjut ini sudah selesai. Hasilnya ada di halaman permohonan.")
        context = {"case": found.case, "title": _("Catat tindak lanjut"), "refusal": refusal}
        return render(request, "ui/refused.html", context, status=HTTPStatus.CONFLICT)
    if request.method != "POST":
        unsent = take_unsent(request)
        form, status = FollowUpForm(initial=FollowUpForm(unsent).typed() if unsent else None), HTTPStatus.OK
    else:
        form = FollowUpForm(request.POST)
        status = HTTPStatus.UNPROCESSABLE_CONTENT
        if form.is_valid():
            try:
                record_follow_up(found, by=user, outcome=form.cleaned_data["outcome"])
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = HTTPStatus.CONFLICT
            else:
                sentence = _("Tindak lanjut dicatat: %(subject)s") % {"subject": found.case.subject}
                messages.success(request, sentence)
                return redirect("case", code=found.case.code)
    context = {"follow_up": found, "case": found.case, "form": form}
    return render(request, "reports/follow_up.html", context, status=status)
