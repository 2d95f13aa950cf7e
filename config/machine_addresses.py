"""Addresses that programs read, not people: the API, calendar feeds and the webhook of WhatsApp."""

import re
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

PATTERN = r"^(kalender/langganan/.+\.ics|pesan/whatsapp/|api/.+)$"
"""Matches paths without the leading slash, for `SECURE_REDIRECT_EXEMPT`. contrib/ repeats it."""


def refuse_plain_http(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer 403 over plain HTTP, so that a program with a wrong address is noticed.

    A redirect would let it send its secret unencrypted each time, unseen (ASVS 4.1.2).
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        is_plain = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if is_plain and re.match(PATTERN, request.path_info.removeprefix("/")):
            return HttpResponse(
                "Use https.", status=HTTPStatus.FORBIDDEN, content_type="text/plain; charset=utf-8"
            )
        return get_response(request)

    return middleware
