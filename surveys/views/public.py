"""The published results of the survey."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from surveys.models import Publication
from surveys.queries import list_plan, list_publications


@login_not_required
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """List the newest version of each published period: `survei/hasil/`."""
    newest: dict[str, Publication] = {}
    for publication in list_publications():
        newest.setdefault(publication.period.key, publication)
    return render(request, "surveys/results.html", {"publications": newest.values()})


@login_not_required
@require_safe
def published(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one publication: `survei/hasil/<pk>/`."""
    publication = get_object_or_404(Publication, pk=pk)
    context = {
        "publication": publication,
        "versions": list(publication.same().order_by("-version")),
        "plan": list(list_plan(publication.period)),
    }
    return render(request, "surveys/published.html", context)
