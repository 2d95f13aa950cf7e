"""The survey in the office: results and their publication, paper forms."""

from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultations.queries import get_visible_case
from consultations.workflow import Refused
from office.models import User
from office.periods import Period
from surveys import services
from surveys.forms import PaperForm, PublishForm
from surveys.overview import Overview, get_overview
from surveys.queries import ENTERING, MAX_COMMENTS, get_appointment, list_open_quarters
from surveys.result import closes_on


@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Show the result of a period (`?since=&until=`, by default this quarter), or publish it: `survei/`.

    Status 422 if the period is not offered, 409 if the period cannot be published.
    """
    is_post = request.method == "POST"
    data = request.POST if is_post else request.GET
    page = get_overview(cast(User, request.user), data.get("since"), data.get("until"))
    if is_post:
        return _publish(request, page)
    return _show(request, page, status=HTTPStatus.OK if page.period else HTTPStatus.UNPROCESSABLE_CONTENT)


def _publish(request: HttpRequest, page: Overview) -> HttpResponse:
    if not page.can_publish:
        raise PermissionDenied
    form, status = PublishForm(request.POST), HTTPStatus.UNPROCESSABLE_CONTENT
    if page.period and form.is_valid():
        try:
            publication = services.publish(
                by=cast(User, request.user), period=page.period, **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = HTTPStatus.CONFLICT
        else:
            messages.success(request, _("Hasil survei sudah diterbitkan."))
            return redirect(publication)
    return _show(request, page, form, status)


def _show(
    request: HttpRequest, page: Overview, form: PublishForm | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    if form is None and page.can_publish and not page.obstacle:
        form = PublishForm(initial={"seen": page.version})
    context = {
        "page": page,
        "form": form,
        "not_offered": services.NOT_OFFERED,
        "max_comments": MAX_COMMENTS,
    }
    return render(request, "surveys/overview.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: HttpRequest, code: str) -> HttpResponse:
    """Mark that the paper form of a case was handed in: `survei/diterima/<code>/`.

    Status 409 if the case is not closed, is answered, or its quarter is closed.
    """
    user = cast(User, request.user)
    case = get_visible_case(user, code)
    try:
        if request.method == "POST":
            services.receive_form(case, by=user)
            messages.success(request, _("Tercatat: formulir survei sudah diterima."))
            return redirect("case", code=case.code)
        services.check_unanswered(case, by=user)
    except Refused as refusal:
        context = {"case": case, "title": _("Formulir survei diterima"), "refusal": refusal}
        return render(request, "ui/refused.html", context, status=HTTPStatus.CONFLICT)
    return render(request, "surveys/receive.html", {"case": case})


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a paper form of a quarter (`?triwulan=`, by default one with forms to enter): `survei/isian/`.

    Status 409 if no form waits or another was entered meanwhile, 422 if an answer is missing.
    """
    user = cast(User, request.user)
    if get_appointment(user, ENTERING) is None:
        raise PermissionDenied
    quarters = list_open_quarters()
    asked = Period.of(request.GET.get("triwulan", ""))
    offered = [quarter for quarter in quarters if quarter.period == asked]
    chosen = (offered or [quarter for quarter in quarters if quarter.to_enter] or quarters)[0]
    form, status = PaperForm(request.POST or None, initial={"seen": chosen.to_enter}), HTTPStatus.OK
    if form.is_valid():
        try:
            # The quarter of the page, even if it was closed meanwhile: then the service refuses.
            quarter = asked if asked and asked.quarters == [asked] else chosen.period
            services.enter_form(by=user, quarter=quarter, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            form.data = {**request.POST.dict(), "seen": str(chosen.to_enter)}
            status = HTTPStatus.CONFLICT
        else:
            messages.success(request, _("Isian formulir tersimpan."))
            return redirect(f"{reverse('survey_entry')}?triwulan={chosen.period.key}")
    elif form.is_bound:
        status = HTTPStatus.UNPROCESSABLE_CONTENT
    context = {"form": form, "quarters": quarters, "chosen": chosen, "closes_on": closes_on(chosen.period)}
    return render(request, "surveys/entry.html", context, status=status)
