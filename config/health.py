"""Health checks and metrics answer whatever host and scheme they are asked with."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import resolve

PATHS = ("/healthz", "/healthz/live", "/healthz/ready", "/metrics")


def health_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Call the views of PATHS before ALLOWED_HOSTS is checked. SECURE_REDIRECT_EXEMPT names them too.

    A supervisor asks on the loopback address. It knows neither the site's name nor its certificate.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in PATHS:
            return get_response(request)
        match = resolve(request.path_info)
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return response

    return middleware
