"""Pages without a case: statistics, board of the waiting room, documents of the survey."""

import segno
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from office.public_url import get_public_url
from reports.board import get_board
from reports.documents import TYPES_BY_KIND
from reports.filters import StatisticsFilter
from reports.issuing import get_document
from reports.models import Document
from reports.printed_forms import poster, questionnaire
from reports.statistics import get_statistics, to_csv
from reports.views.documents import answer
from surveys.models import Publication


@login_not_required
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show the statistics of a period (`?periode=`); 404 before the first case or after today."""
    chosen = _valid_filter(request)
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
    period = _valid_filter(request).period
    statistics = get_statistics(period)
    if statistics.cached is None:
        sentence = _("Angka periode ini sedang dihitung. Coba lagi beberapa menit lagi.")
        return HttpResponse(
            sentence, status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "60"}
        )
    headers = {"Content-Disposition": f'attachment; filename="statistik-{period.key}.csv"'}
    return HttpResponse(to_csv(statistics), content_type="text/csv; charset=utf-8", headers=headers)


def _valid_filter(request: HttpRequest) -> StatisticsFilter:
    chosen = StatisticsFilter(request.GET)
    if not chosen.is_valid():
        raise Http404
    return chosen


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
@cache_control(private=True, no_store=True)
def poster_pdf(request: HttpRequest) -> HttpResponse:
    """Return the poster (A3) to print: `papan/poster.pdf`."""
    headers = {"Content-Disposition": 'inline; filename="poster-layanan.pdf"'}
    return HttpResponse(poster(), content_type="application/pdf", headers=headers)


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
