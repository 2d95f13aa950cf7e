"""The survey in the office: results and their publication, answers from paper."""

from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultations.models import Case
from consultations.workflow import Refused
from office.models import User
from surveys import services
from surveys.forms import CaseLookupForm, PublishForm, QuestionnaireForm
from surveys.overview import Overview, get_overview
from surveys.queries import MAX_COMMENTS


@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Show the result of a period (`?since=&until=`, by default this quarter), or publish it: `survei/`.

    Status 422 if the period is not offered or the plan is missing, 409 if the period cannot be published.
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
        form = PublishForm(initial={"plan": page.plan, "seen": page.version})
    context = {
        "page": page,
        "form": form,
        "not_offered": services.NOT_OFFERED,
        "max_comments": MAX_COMMENTS,
    }
    return render(request, "surveys/overview.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Find the case of a paper form: `survei/isian/`."""
    user = cast(User, request.user)
    if services.get_appointment(user, services.ENTERING) is None:
        raise PermissionDenied
    form = CaseLookupForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        return redirect("survey_entry", code=form.cleaned_data["case"].code)
    status = HTTPStatus.UNPROCESSABLE_CONTENT if form.is_bound else HTTPStatus.OK
    return render(request, "surveys/choose.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Enter the paper form of a case: `survei/isian/<code>/`.

    Status 409 if the case is not closed or has an answer, 422 if an answer is missing.
    """
    user = cast(User, request.user)
    case = get_object_or_404(Case.objects.visible_to(user).with_people(), code=code)
    form = QuestionnaireForm(request.POST or None)
    try:
        if form.is_valid():
            services.answer(case, by=user, **form.cleaned_data)
            messages.success(request, _("Jawaban untuk %(code)s tercatat.") % {"code": case.code})
            return redirect("survey_choose")
        services.check_unanswered(case, by=user)
    except Refused as refusal:
        context = {"case": case, "title": _("Isian survei"), "refusal": refusal}
        return render(request, "ui/refused.html", context, status=HTTPStatus.CONFLICT)
    status = HTTPStatus.UNPROCESSABLE_CONTENT if form.is_bound else HTTPStatus.OK
    return render(request, "surveys/entry.html", {"case": case, "form": form}, status=status)
