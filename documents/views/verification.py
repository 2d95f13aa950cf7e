"""The public pages that verify documents."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from documents.verification import MAX_BYTES, FileCheckForm, Verification, hash_uploads, verify_document
from kit.limits import Use, body_limit, consume
from kit.pagination import parse_key

TOO_MANY_FILES = gettext_lazy(
    "Terlalu banyak berkas diperiksa dari jaringan ini. Tunggu beberapa menit, lalu coba lagi."
)


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
    response = render(request, f"documents/{name}.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
