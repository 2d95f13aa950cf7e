"""The published statistics of the service, as a page and as CSV. No login is required."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports.csv_export import to_csv
from reports.filters import StatisticsForm
from reports.statistics import get_statistics


@login_not_required
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show the statistics of a period (`?periode=`); 404 before the first case or after today."""
    chosen = _get_valid(request)
    context = {
        "layout": "base_office.html" if request.user.is_authenticated else "base.html",
        "filter": chosen,
        "statistics": get_statistics(chosen.period),
    }
    return render(request, "reports/statistics.html", context)


@login_not_required
@require_safe
def statistics_csv(request: HttpRequest) -> HttpResponse:
    """Download the statistics as CSV; 503 while they are computed for the first time."""
    period = _get_valid(request).period
    statistics = get_statistics(period)
    if statistics.cached is None:
        sentence = _("Angka periode ini sedang dihitung. Coba lagi beberapa menit lagi.")
        return HttpResponse(
            sentence, status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "60"}
        )
    headers = {"Content-Disposition": f'attachment; filename="statistik-{period.key}.csv"'}
    return HttpResponse(to_csv(statistics), content_type="text/csv; charset=utf-8", headers=headers)


def _get_valid(request: HttpRequest) -> StatisticsForm:
    chosen = StatisticsForm(request.GET)
    if not chosen.is_valid():
        raise Http404
    return chosen
