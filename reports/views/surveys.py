"""The papers of the survey: the published result for everybody, the questionnaire for who prints it."""

from http import HTTPStatus
from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from consultations.enums import State
from consultations.models import Case
from office.models import User
from reports.documents import KIND_OF
from reports.issuing import paper_of
from reports.models import Document
from reports.questionnaire import questionnaire
from reports.views.papers import answer
from surveys.models import Publication
from surveys.services import NOT_CLOSED


@login_not_required
@require_safe
def survey_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """A published result as the paper that was issued with it: `survei/hasil/<pk>.pdf`."""
    publication = get_object_or_404(Publication.objects.select_related("by"), pk=pk)
    return answer(request, paper_of(KIND_OF[Document.Kind.SURVEY], publication))


@require_safe
@cache_control(private=True, no_store=True)
def survey_form(request: HttpRequest) -> HttpResponse:
    """The blank questionnaire, on which the applicant writes the tracking code: `survei/formulir.pdf`."""
    return _printed()


@require_safe
@cache_control(private=True, no_store=True)
def survey_form_of(request: HttpRequest, code: str) -> HttpResponse:
    """The questionnaire of a closed case that the user may see; 409 with a sentence before it is closed."""
    visible = Case.objects.visible_to(cast(User, request.user)).with_people()
    case = get_object_or_404(visible, code=code)
    if case.state != State.CLOSED:
        context = {"case": case, "title": _("Formulir survei"), "refusal": NOT_CLOSED}
        return render(request, "ui/refused.html", context, status=HTTPStatus.CONFLICT)
    return _printed(case)


def _printed(case: Case | None = None) -> HttpResponse:
    name = f"kuesioner-survei-{case.code}" if case else "kuesioner-survei"
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(questionnaire(case), content_type="application/pdf", headers=headers)
