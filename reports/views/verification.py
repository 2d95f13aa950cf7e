"""Verification (Verifikasi Naskah): whether a paper was issued by this office, for anybody who holds it."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from reports.models import Document


@login_not_required
@require_safe
def verification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a paper is, who issued it and when, and whether it is still in force; never what it says."""
    document = get_object_or_404(Document.objects.select_related("replaces"), pk=pk)
    return render(request, "public/verification.html", {"document": document})
