"""Documents of the survey: the published result (no login) and the questionnaire to print."""

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
from reports.documents import TYPES_BY_KIND
from reports.issuing import get_document
from reports.models import Document
from reports.questionnaire import questionnaire
from reports.views.documents import answer
from surveys.models import Publication
from surveys.services import NOT_CLOSED


@login_not_required
@require_safe
def survey_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the document of a published result."""
    publication = get_object_or_404(Publication.objects.select_related("by"), pk=pk)
    return answer(request, get_document(TYPES_BY_KIND[Document.Kind.SURVEY], publication))


@require_safe
@cache_control(private=True, no_store=True)
def survey_form(request: HttpRequest) -> HttpResponse:
    """Return the blank questionnaire. The applicant writes the tracking code on it."""
    return _printed()


@require_safe
@cache_control(private=True, no_store=True)
def survey_form_of(request: HttpRequest, code: str) -> HttpResponse:
    """Return the questionnaire with the code of a visible case; 409 before the case is closed."""
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
