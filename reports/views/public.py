"""Public pages: the statistics of the service, and the board of the waiting room with its poster."""

import segno
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from documents.views.documents import send_pdf
from kit.urls import get_public_url
from reports.statistics.board import get_board, poster
from reports.statistics.public import PeriodChoice, get_statistics, to_csv


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


def _get_valid(request: HttpRequest) -> PeriodChoice:
    if chosen := PeriodChoice.of(request.GET.get("periode")):
        return chosen
    raise Http404


@login_not_required
@require_safe
@cache_control(no_store=True)
def board(request: HttpRequest) -> HttpResponse:
    """Show the board: `papan/`. It refreshes itself every 30 seconds, also without JavaScript."""
    code = segno.make(get_public_url("home"), error="m", micro=False)
    drawing = code.svg_inline(border=0, omitsize=True, title=_("Kode QR: halaman layanan ini"))
    context = {"board": get_board(), "site_code": SafeString(drawing)}
    return render(request, "reports/board.html", context)


@require_safe
def poster_pdf(request: HttpRequest) -> HttpResponse:
    """Return the poster (A3) to print: `papan/poster.pdf`."""
    return send_pdf(poster(), "poster-layanan.pdf")
