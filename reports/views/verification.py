"""Verification (Verifikasi Naskah): whether a paper was issued by this office, for anybody who holds it."""

from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from office.models import Office
from reports.hashed_upload import FileCheckForm, hashes_uploads
from reports.verifying import Verified, verified, verified_by_hash

TOO_MANY_FILES = _(
    "Terlalu banyak berkas diperiksa dari jaringan ini. Tunggu beberapa menit, lalu coba lagi."
)

may_post = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@never_cache
@may_post
@hashes_uploads
def verify(request: HttpRequest) -> HttpResponse:
    """A PDF is found by its SHA-256 among all that was issued: `verifikasi/`."""
    office, (form, status) = Office.load(), _checked(request)
    answer = ""
    if form.is_valid():
        if found := verified_by_hash(form.cleaned_data["sha256"], office):
            return _shown(request, office, found, FileCheckForm(), "matches")
        answer = "unknown"
    return _page(request, "verify", {"office": office, "form": form, "answer": answer}, status)


@login_not_required
@never_cache
@may_post
@hashes_uploads
def verification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a paper is, who issued it and when, and whether it is still in force; never what it says.

    A file that is sent is compared with it.
    """
    office = Office.load()
    found = verified(pk, office)
    if found is None:
        return _page(request, "verification_unknown", {"office": office}, 404)
    form, status = _checked(request)
    answer = ""
    if form.is_valid():
        answer = "matches" if form.cleaned_data["sha256"] == found.document.sha256 else "differs"
    return _shown(request, office, found, form, answer, status)


def _checked(request: HttpRequest) -> tuple[FileCheckForm, int]:
    """The form, filled in where something was sent, and the status of the page; tries are limited."""
    if request.method != "POST":
        return FileCheckForm(), 200
    form = FileCheckForm(request.POST, request.FILES)
    if not form.is_valid():
        return form, 422
    if ratelimit.consume(request, action="verify"):
        return form, 200
    form.add_error(None, TOO_MANY_FILES)
    return form, 429


def _shown(
    request: HttpRequest, office: Office, found: Verified, form: FileCheckForm, answer: str, status: int = 200
) -> HttpResponse:
    context = {"office": office, "found": found, "document": found.document, "form": form, "answer": answer}
    return _page(request, "verification", context, status)


def _page(request: HttpRequest, name: str, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, f"reports/{name}.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
