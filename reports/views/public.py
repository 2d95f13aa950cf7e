"""Public pages: the statistics of the service, the board of the waiting room, verification of documents."""

from typing import Any
from uuid import UUID

import segno
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kit.limits import Use, body_limit, consume
from kit.pagination import parse_key
from kit.urls import get_public_url
from reports.documents.verification import (
    MAX_BYTES,
    FileCheckForm,
    Verification,
    hash_uploads,
    verify_document,
)
from reports.statistics.board import get_board
from reports.statistics.public import PeriodChoice, get_statistics, to_csv

TOO_MANY_FILES = gettext_lazy(
    "Terlalu banyak berkas diperiksa dari jaringan ini. Tunggu beberapa menit, lalu coba lagi."
)


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


@body_limit(files=MAX_BYTES)
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@hash_uploads
def verify(request: HttpRequest) -> HttpResponse:
    """Find the issued document with the SHA-256 of an uploaded PDF: `verifikasi/`."""
    form, status = _bind_form(request)
    answer = ""
    if form.is_valid():
        if found := verify_document(sha256=form.cleaned_data["sha256"]):
            return _result(request, found, FileCheckForm(), "matches")
        answer = "unknown"
    return _page(request, "verify", {"form": form, "answer": answer}, status)


@body_limit(files=MAX_BYTES)
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@hash_uploads
def verification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what a document is, its issuer, its date and whether it is in force; compare an uploaded PDF."""
    printing = parse_key(request.GET.get("cetakan", "")) or 0  # the QR code of a paper signed by hand
    found = verify_document(pk=pk, printing=printing)
    if found is None:
        return _page(request, "verification_unknown", {}, 404)
    form, status = _bind_form(request)
    answer = ""
    if form.is_valid():
        answer = "matches" if form.cleaned_data["sha256"] == found.document.sha256 else "differs"
    return _result(request, found, form, answer, status)


def _bind_form(request: HttpRequest) -> tuple[FileCheckForm, int]:
    """Return the form and the status of the page. Uploads are rate limited."""
    if request.method != "POST":
        return FileCheckForm(), 200
    form = FileCheckForm(request.POST, request.FILES)
    if not form.is_valid():
        return form, 422
    if consume(request, Use("verify")):
        return form, 200
    form.add_error(None, TOO_MANY_FILES)
    return form, 429


def _result(
    request: HttpRequest, found: Verification, form: FileCheckForm, answer: str, status: int = 200
) -> HttpResponse:
    context = {"found": found, "document": found.document, "form": form, "answer": answer}
    return _page(request, "verification", context, status)


def _page(request: HttpRequest, name: str, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, f"reports/{name}.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
