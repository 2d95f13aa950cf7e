"""The published figures of the service, as a page and as a sheet. Everybody may read them."""

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultations.models import Event
from office import clock
from office.periods import LAST_TWELVE_MONTHS, Period, list_periods
from reports import charts
from reports.kept_figures import kept
from reports.sheet import sheet
from surveys.queries import get_current_publication


@login_not_required
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """The figures of a period (`?periode=`); 404 for one before the first case or after today."""
    first = _first_day()
    period = _period(request, first)
    found = kept(period, wait=True)
    figures = found.figures if found else None
    context = {
        "layout": "base_office.html" if request.user.is_authenticated else "base.html",
        "period": period,
        "periods": _choices(period, first),
        "kept": found,
        "published": get_current_publication(period),
        "summary": charts.summary(figures) if figures else [],
        "promise": charts.kept_promise(figures) if figures else None,
        "waits": charts.waits(figures) if figures else [],
        "arrivals": charts.arrivals(figures) if figures else [],
    }
    return render(request, "reports/statistics.html", context)


@login_not_required
@require_safe
def statistics_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV; 503 with a sentence while the figures are computed for the first time."""
    period = _period(request, _first_day())
    found = kept(period, wait=True)
    if found is None:
        sentence = _("Angka periode ini sedang dihitung. Coba lagi beberapa menit lagi.")
        return HttpResponse(sentence, status=503, content_type="text/plain", headers={"Retry-After": "60"})
    name = f"statistik-{period.key}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(
        sheet(found, get_current_publication(period)),
        content_type="text/csv; charset=utf-8",
        headers=headers,
    )


def _first_day() -> dt.date:
    """The day of the first case; today where there is none."""
    first = Event.objects.aggregate(first=Min("happened_at"))["first"]
    return timezone.localdate(first) if first else clock.today()


def _choices(chosen: Period, first: dt.date) -> list[list[Period | None]]:
    """Return the periods to choose from: with years, with quarters and with months of the chosen year."""
    years, quarters, months = list_periods(chosen.year, first)
    return [[Period.of(LAST_TWELVE_MONTHS), *years], [*quarters], [*months]]


def _period(request: HttpRequest, first: dt.date) -> Period:
    period = Period.of(request.GET.get("periode", LAST_TWELVE_MONTHS))
    if period is None or period.until < first:
        raise Http404
    return period
