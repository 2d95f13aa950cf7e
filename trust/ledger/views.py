"""Public pages of the seals (Segel Catatan). They show hashes only, nothing of a case."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kit.limits import Use, consume
from kit.pagination import newest_first, parse_key
from office.models import Office
from trust.ledger.models import Seal, WitnessedSeal
from trust.ledger.proofs import get_proof, to_json
from trust.ledger.witness import get_memory, list_after

TOO_MANY = {"error": "too many requests"}


@login_not_required
@require_safe
def seals(request: HttpRequest) -> HttpResponse:
    """List the seals and say how to check one: `verifikasi/catatan/`."""
    page = newest_first(Seal.objects.all(), request.GET, shown=("day", "year", "number", "head"))
    context = {"office": Office.load(), "page": page, "title": _("Segel catatan")}
    return render(request, "ledger/seals.html", context)


@login_not_required
@require_safe
def seal(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Show one seal. The QR code of a printed agenda book opens it."""
    found = get_object_or_404(Seal, year=year, number=number)
    return render(request, "ledger/seal.html", {"office": Office.load(), "seal": found})


@login_not_required
@require_safe
def seal_json(request: HttpRequest, year: int, number: int) -> JsonResponse:
    return JsonResponse(to_json(get_object_or_404(Seal, year=year, number=number)))


@login_not_required
@require_safe
def proof(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Download what proves a document in its seal: `verifikasi/<document>/bukti.json`, or answer 404."""
    if not consume(request, Use("proof")):
        return JsonResponse(TOO_MANY, status=429)
    if (found := get_proof(pk)) is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="bukti-{pk}.json"'}
    return JsonResponse(found, headers=headers, json_dumps_params={"indent": 2})


@login_not_required
@require_safe
def seals_after(request: HttpRequest) -> JsonResponse:
    """List the seals after one (`?sesudah=2026/17`) for witnesses: `verifikasi/catatan/segel.json`."""
    if not consume(request, Use("seals")):
        return JsonResponse(TOO_MANY, status=429)
    if (found := list_after(request.GET.get("sesudah", ""))) is None:
        raise Http404
    return JsonResponse(found)


@login_not_required
@require_safe
def witnessed(request: HttpRequest) -> HttpResponse:
    """List the seals of other installations that this one remembers as their witness: `verifikasi/saksi/`."""
    rows = WitnessedSeal.objects.all()
    if origin := _get_origin(request):
        rows = rows.filter(origin=origin)
    page = newest_first(
        rows, request.GET, shown=("origin", "day", "year", "number", "head", "text", "result", "at")
    )
    context = {"office": Office.load(), "page": page, "title": _("Segel yang kami saksikan")}
    context |= {"is_witness": True, "origins": settings.WITNESS_OF}
    return render(request, "ledger/seals.html", context)


@login_not_required
@require_safe
def witnessed_json(request: HttpRequest) -> JsonResponse:
    """List what is remembered of one installation (`?asal=`), oldest first, for that installation."""
    if not consume(request, Use("seals")):
        return JsonResponse(TOO_MANY, status=429)
    after = parse_key(request.GET.get("sesudah", ""))
    return JsonResponse(get_memory(_get_origin(request), after or 0))


def _get_origin(request: HttpRequest) -> str:
    return request.GET.get("asal", "").replace("\0", "")  # PostgreSQL takes no NUL
