"""The board of the waiting room for a television, and its poster."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from office.public_url import get_public_url
from reports.board import get_board
from reports.poster import poster


@login_not_required
@require_safe
@cache_control(no_store=True)
def board(request: HttpRequest) -> HttpResponse:
    """Show the board: `papan/`. It refreshes itself every 30 seconds, also without JavaScript."""
    context = {"board": get_board(), "site": get_public_url("home")}
    return render(request, "reports/board.html", context)


@require_safe
@cache_control(private=True, no_store=True)
def poster_pdf(request: HttpRequest) -> HttpResponse:
    """Return the poster (A3) to print: `papan/poster.pdf`."""
    headers = {"Content-Disposition": 'inline; filename="poster-layanan.pdf"'}
    return HttpResponse(poster(), content_type="application/pdf", headers=headers)
