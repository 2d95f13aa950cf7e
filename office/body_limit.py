"""Limit of the bytes that a request may send, checked before anything of its body is parsed or stored."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string


def body_limit[View: Callable[..., HttpResponseBase]](*, files: int) -> Callable[[View], View]:
    """Decorate a view that takes `files` bytes of files beside text (DATA_UPLOAD_MAX_MEMORY_SIZE).

    Put it on top of the decorators of the view, so that nothing hides it. Raise ValueError above
    MAX_BODY_LIMIT, which the web server refuses.
    """
    limit = files + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if limit > settings.MAX_BODY_LIMIT:
        raise ValueError(f"{limit} bytes exceed MAX_BODY_LIMIT")

    def decorate(view: View) -> View:
        view.body_limit = limit  # type: ignore[attr-defined]
        return view

    return decorate


class BodyLimitMiddleware:
    """Answer 413 if the body is longer than the limit of its view, by default BODY_LIMIT.

    It precedes CSRF protection, which parses the body. Django reads no body beyond `Content-Length`, and the
    web server sets that header for a chunked body.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        limit = getattr(view, "body_limit", settings.BODY_LIMIT)
        # A length of -1 would make Django read until the connection ends.
        if length.isascii() and length.isdecimal() and len(length) < 16 and int(length) <= limit:
            return None
        return HttpResponse(render_to_string("413.html"), status=413)
