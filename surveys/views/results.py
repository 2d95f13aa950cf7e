"""What everybody may read of the survey: the published results."""

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from surveys import periods
from surveys.models import Publication
from surveys.results import Result

MOST_SHOWN = 40
"""Results on one page: ten years of quarters."""


def newest_first() -> QuerySet[Publication]:
    """What was published, the last period first and of a period the last version."""
    return Publication.objects.order_by("-until", "-since", "-version")[:MOST_SHOWN]


@login_not_required
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """The newest version of each published period, newest first: `survei/hasil/`."""
    newest: dict[tuple[dt.date, dt.date], Publication] = {}
    for row in newest_first():
        newest.setdefault((row.since, row.until), row)
    rows = [(row, periods.name(*days), Result.from_json(row.figures)) for days, row in newest.items()]
    return render(request, "surveys/results.html", {"rows": rows})


@login_not_required
@require_safe
def published(request: HttpRequest, pk: int) -> HttpResponse:
    """One published result, with all that the regulation asks to be published: `survei/hasil/<pk>/`."""
    publication = get_object_or_404(Publication, pk=pk)
    context = {
        "publication": publication,
        "result": Result.from_json(publication.figures),
        "period": publication.period,
        "versions": list(publication.same().order_by("-version")),
    }
    return render(request, "surveys/published.html", context)
