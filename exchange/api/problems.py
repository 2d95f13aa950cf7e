"""Errors of the API as `application/problem+json` (RFC 9457): a code, and sentences in Indonesian."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kit.urls import get_public_url

MEDIA_TYPE = "application/problem+json"

STATUSES = {
    400: ("unreadable", _("Permintaan ini tidak dapat dibaca.")),
    401: (
        "unauthorized",
        _("Token tidak ada, salah, kedaluwarsa, dicabut, atau dipakai dari jaringan lain."),
    ),
    403: ("forbidden", _("Sistem Anda tidak berwenang untuk ini.")),
    404: ("not_found", _("Tidak ada, atau tidak boleh dilihat oleh sistem Anda.")),
    405: ("method_not_allowed", _("Metode HTTP ini tidak dipakai di alamat ini.")),
    409: ("conflict", _("Permintaan ini bertentangan dengan yang terdahulu.")),
    413: ("too_large", _("Isi permintaan terlalu besar.")),
    415: ("unsupported_media_type", _("Kirim isian sebagai multipart/form-data.")),
    422: ("invalid", _("Isian belum benar.")),
    429: ("too_many_requests", _("Terlalu banyak permintaan. Coba lagi setelah satu menit.")),
    500: ("fault", _("Terjadi kesalahan di sistem kami. Coba lagi nanti.")),
    503: ("unavailable", _("Layanan sedang tidak dapat dipakai. Coba lagi nanti.")),
}
"""Code and title by status; others have the name of HTTP. Codes never change: programs compare them."""


class Problem(Exception):  # noqa: N818 -- an answer to the caller, not a fault
    """An error that the caller can act on. `errors` are sentences by field; `headers` go with the answer."""

    def __init__(
        self,
        status: int,
        detail: object = "",
        *,
        errors: Mapping[str, Sequence[object]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status)
        self.status, self.detail = status, str(detail)
        self.errors, self.headers = errors or {}, dict(headers or {})


def answer(problem: Problem) -> HttpResponse:
    status = problem.status
    code, title = STATUSES.get(status, ("", HTTPStatus(status).phrase))
    with translation.override("en"):
        english = str(title)
    content: dict[str, Any] = {
        "type": f"{get_public_url('api_documentation')}#{code}" if code else "about:blank",
        "code": code or f"http_{status}",
        "title": str(title),
        "title_en": english,
        "status": status,
    }
    if problem.detail:
        content["detail"] = problem.detail
    if problem.errors:
        content["errors"] = {name: [str(each) for each in found] for name, found in problem.errors.items()}
    headers = {"Cache-Control": "private, no-store", **problem.headers}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return HttpResponse(json.dumps(content), status=status, content_type=MEDIA_TYPE, headers=headers)
