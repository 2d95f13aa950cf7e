"""The recommendations of visible cases by the day on which they are due, and the page that ends one."""

from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consultations.pagination import Page, newest_first, soonest_first
from consultations.parties import serves
from consultations.queries import of_visible_case
from consultations.workflow import Refused
from office import clock
from office.models import User
from reports.follow_ups import record_follow_up
from reports.forms.follow_up import FollowUpForm
from reports.models import FollowUp

OF_THE_CASE = ("code", "subject", "agenda__year", "agenda__number", "division", "officer", "complained_about")
OWN = ("text", "responsible", "due", "outcome", "done_at", "done_title")
SHOWN = (*OWN, *(f"case__{field}" for field in OF_THE_CASE))
"""What a row of the list shows, and what it takes to know whose it is."""


class Choice(TextChoices):
    """Which recommendations are listed (`?show=`)."""

    OPEN = "open", gettext_lazy("Belum selesai")
    LATE = "late", gettext_lazy("Lewat batas waktu")
    DONE = "done", gettext_lazy("Selesai")


@require_safe
def follow_ups(request: HttpRequest) -> HttpResponse:
    """Those not yet done, the most urgent first, or only the late ones; or those done, the newest first."""
    user, shown = cast(User, request.user), request.GET.get("show")
    choice = Choice(shown) if shown in Choice.values else Choice.OPEN
    page = _page(choice, user, request)
    context = {
        "page": page,
        "rows": [(follow_up, serves(user, follow_up.case)) for follow_up in page.rows],
        "choice": choice,
        "choices": Choice,
    }
    return render(request, "reports/follow_ups.html", context)


def _page(choice: Choice, user: User, request: HttpRequest) -> Page[FollowUp]:
    found = FollowUp.objects.filter(of_visible_case(user))
    if choice == Choice.DONE:
        return newest_first(found.filter(done_at__isnull=False), request.GET, shown=SHOWN)
    found = found.filter(done_at=None)
    if choice == Choice.LATE:
        late = found.filter(due__lt=clock.today())
        return soonest_first(late, request.GET, shown=SHOWN, undated=False)
    return soonest_first(found, request.GET, shown=SHOWN)


@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what came of a recommendation.

    404 where its case is not visible, 403 where the user does not serve the case, 409 where it is done
    already, 422 where the outcome is missing.
    """
    user = cast(User, request.user)
    visible = FollowUp.objects.filter(of_visible_case(user))
    found = get_object_or_404(visible.select_related("case__agenda", "report"), pk=pk)
    if not serves(user, found.case):
        raise PermissionDenied
    if request.method == "POST":
        return _record(request, found, user)
    if found.done_at:
        refusal = _("Tindak lanjut ini sudah selesai. Hasilnya ada di halaman permohonan.")
        context = {"case": found.case, "title": _("Catat tindak lanjut"), "refusal": refusal}
        return render(request, "ui/refused.html", context, status=HTTPStatus.CONFLICT)
    return _show(request, found, FollowUpForm())


def _record(request: HttpRequest, found: FollowUp, user: User) -> HttpResponse:
    form = FollowUpForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        record_follow_up(found, by=user, outcome=form.cleaned_data["outcome"])
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, found, form, status=HTTPStatus.CONFLICT)
    messages.success(request, _("Tindak lanjut dicatat: %(subject)s") % {"subject": found.case.subject})
    return redirect("case", code=found.case.code)


def _show(request: HttpRequest, found: FollowUp, form: FollowUpForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"follow_up": found, "case": found.case, "form": form}
    return render(request, "reports/follow_up.html", context, status=status)
