"""The survey behind the secret link of a closed case, and the thanks for its answer."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from consultations.enums import Kind
from consultations.models import Case
from consultations.parties import Applicant
from consultations.secret_link import behind_secret, steps_behind_secret
from kit.refusal import Refused
from surveys import services
from surveys.forms import QuestionnaireForm
from surveys.queries import has_answered


@steps_behind_secret
def survey(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the survey and store its answer: `survei/<secret>/`.

    Redirects to the thanks once it is answered. Status 409 if the case is not closed or its quarter is, 422
    if an answer is missing.
    """
    has_comment = case.kind != Kind.COMPLAINT
    by, form = Applicant(case.secret), QuestionnaireForm(request.POST or None, has_comment=has_comment)
    try:
        if form.is_valid():
            services.answer(case, by=by, **form.cleaned_data)
            return redirect("survey_thanks", secret=case.secret)
        services.check_unanswered(case, by=by)
    except services.AlreadyAnswered:
        return redirect("survey_thanks", secret=case.secret)
    except Refused as refusal:
        context = {"case": case, "title": _("Survei kepuasan"), "refusal": refusal}
        return render(request, "ui/refused_public.html", context, status=HTTPStatus.CONFLICT)
    status = HTTPStatus.UNPROCESSABLE_CONTENT if form.is_bound else HTTPStatus.OK
    return render(request, "surveys/survey.html", {"case": case, "form": form}, status=status)


@behind_secret
def thanks(request: HttpRequest, case: Case) -> HttpResponse:
    """Thank for the answer, which cannot be shown again: it is stored without the case."""
    if not has_answered(case):
        return redirect("survey", secret=case.secret)
    return render(request, "surveys/thanks.html", {"case": case})
