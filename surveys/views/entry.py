"""Questionnaires that were filled in on paper: found by the case's number, entered by staff."""

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
from surveys.forms.lookup import PaperLookupForm
from surveys.forms.questionnaire import QuestionnaireForm


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Which case a filled-in form belongs to: `survei/isian/`; 403 where entering it is not the user's."""
    user = cast(User, request.user)
    if services.appointment_among(user, services.ENTERING) is None:
        raise PermissionDenied
    form = PaperLookupForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        return redirect("survey_entry", code=form.cleaned_data["case"].code)
    return render(
        request,
        "surveys/choose.html",
        {"form": form},
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Enter the form of a case that the user may see: `survei/isian/<code>/`.

    403 where it is not the user's, 409 with a sentence where the case is not closed or was answered, 422 with
    what was chosen where something is missing.
    """
    user = cast(User, request.user)
    case = get_object_or_404(Case.objects.visible_to(user).with_people(), code=code)
    form = QuestionnaireForm(request.POST if request.method == "POST" else None)
    try:
        services.check(case, by=user)
        if form.is_valid():
            services.answer(case, by=user, **form.cleaned_data)
            messages.success(request, _("Jawaban untuk %(code)s tercatat.") % {"code": case.code})
            return redirect("survey_choose")
    except Refused as refusal:
        context = {"case": case, "title": _("Isian survei"), "refusal": refusal}
        return render(request, "ui/refused.html", context, status=HTTPStatus.CONFLICT)
    context = {"case": case, "form": form}
    return render(
        request,
        "surveys/entry.html",
        context,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else 200,
    )
