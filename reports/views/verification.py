"""Verification pages (Verifikasi Naskah): anyone can check whether this office issued a document."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kit.limits import Use, body_limit, consume
from office.models import Office
from reports.hashed_upload import MAX_BYTES, FileCheckForm, hash_uploads
from reports.verification import Verification, verify_document

TOO_MANY_FILES = _(
    "Terlalu banyak berkas diperiksa dari jaringan ini. Tunggu beberapa menit, lalu coba lagi."
)

may_post = require_http_methods(["GET", "HEAD", "POST"])


@body_limit(files=MAX_BYTES)
@login_not_required
@never_cache
@may_post
@hash_uploads
def verify(request: HttpRequest) -> HttpResponse:
    """Find the issued document with the SHA-256 of an uploaded PDF: `verifikasi/`."""
    office, (form, status) = Office.load(), _bind_form(request)
    answer = ""
    if form.is_valid():
        if found := verify_document(office, sha256=form.cleaned_data["sha256"]):
            return _result(request, office, found, FileCheckForm(), "matches")
        answer = "unknown"
    return _page(request, "verify", {"office": office, "form": form, "answer": answer}, status)


@body_limit(files=MAX_BYTES)
@login_not_required
@never_cache
@may_post
@hash_uploads
def verification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what a document is, its issuer, its date and whether it is in force; compare an uploaded PDF."""
    office = Office.load()
    found = verify_document(office, pk=pk)
    if found is None:
        return _page(request, "verification_unknown", {"office": office}, 404)
    form, status = _bind_form(request)
    answer = ""
    if form.is_valid():
        answer = "matches" if form.cleaned_data["sha256"] == found.document.sha256 else "differs"
    return _result(request, office, found, form, answer, status)


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
    request: HttpRequest,
    office: Office,
    found: Verification,
    form: FileCheckForm,
    answer: str,
    status: int = 200,
) -> HttpResponse:
    context = {"office": office, "found": found, "document": found.document, "form": form, "answer": answer}
    return _page(request, "verification", context, status)


def _page(request: HttpRequest, name: str, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, f"reports/{name}.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
