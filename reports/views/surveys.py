"""Documents of the survey: the published result (no login) and the questionnaire to print."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from reports.documents import TYPES_BY_KIND
from reports.issuing import get_document
from reports.models import Document
from reports.printed_forms import questionnaire
from reports.views.documents import answer
from surveys.models import Publication


@login_not_required
@require_safe
def survey_result_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the document of a published result."""
    publication = get_object_or_404(Publication.objects.select_related("by"), pk=pk)
    return answer(request, get_document(TYPES_BY_KIND[Document.Kind.SURVEY], publication))


@require_safe
@cache_control(private=True, no_store=True)
def survey_form(request: HttpRequest) -> HttpResponse:
    """Return the questionnaire to print. It names no case."""
    headers = {"Content-Disposition": 'inline; filename="kuesioner-survei.pdf"'}
    return HttpResponse(questionnaire(), content_type="application/pdf", headers=headers)
