"""Public pages of the seals (Segel Catatan). They show hashes only, nothing of a case."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from kit.limits import Use, consume
from kit.pagination import newest_first
from office.models import Office
from trust.ledger.models import Seal
from trust.ledger.proofs import get_proof, to_json


@login_not_required
@require_safe
def seals(request: HttpRequest) -> HttpResponse:
    """List the seals and say how to check one: `verifikasi/catatan/`."""
    page = newest_first(Seal.objects.all(), request.GET, shown=("day", "year", "number", "head"))
    return render(request, "ledger/seals.html", {"office": Office.load(), "page": page})


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
        return JsonResponse({"error": "too many requests"}, status=429)
    if (found := get_proof(pk)) is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="bukti-{pk}.json"'}
    return JsonResponse(found, headers=headers, json_dumps_params={"indent": 2})
