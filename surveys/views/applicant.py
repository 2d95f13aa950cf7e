"""The survey behind the secret link of a closed case, and the thanks for its answer."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations.models import Case
from consultations.parties import Applicant
from consultations.secret_link import behind_secret
from consultations.workflow import Refused
from surveys import services
from surveys.forms.questionnaire import QuestionnaireForm
from surveys.models import Answer

TITLE = _("Survei kepuasan")


@behind_secret
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, case: Case) -> HttpResponse:
    """Answer the survey once: `survei/<secret>/`.

    Once answered it leads to the thanks. 409 with a sentence where the case is not closed, 422 with what was
    chosen where something is missing.
    """
    by = Applicant(case.secret)
    form = QuestionnaireForm(request.POST if request.method == "POST" else None)
    try:
        services.check(case, by=by)
        if form.is_valid():
            services.answer(case, by=by, **form.cleaned_data)
            return redirect("survey_thanks", secret=case.secret)
    except Refused as refusal:
        if Answer.objects.filter(case=case).exists():
            return redirect("survey_thanks", secret=case.secret)
        context = {"case": case, "title": TITLE, "refusal": refusal}
        return render(request, "ui/refused_public.html", context, status=HTTPStatus.CONFLICT)
    context = {"case": case, "form": form}
    response = render(
        request,
        "surveys/survey.html",
        context,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else 200,
    )
    response["Referrer-Policy"] = "same-origin"
    return response


@behind_secret
@require_safe
def thanks(request: HttpRequest, case: Case) -> HttpResponse:
    """Thanks for the answer, with its date only: whoever holds the link reads no answer."""
    answer = Answer.objects.filter(case=case).first()
    if answer is None:
        return redirect("survey", secret=case.secret)
    return render(request, "surveys/thanks.html", {"case": case, "answer": answer})
