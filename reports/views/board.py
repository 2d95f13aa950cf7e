"""The board of the waiting room for a television, and its poster."""

import segno
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from office.public_url import get_public_url
from reports.board import get_board
from reports.printed_forms import poster


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
