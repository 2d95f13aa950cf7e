"""Reads from the copy of the database (REPLICA_URL) in lists, statistics and public pages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from operations.replica import MAX_LAG, reading, set_aside

COOKIE = f"{settings.COOKIE_PREFIX}wrote"

OWN_WRITES_VISIBLE = 5 + int(MAX_LAG.total_seconds())
"""Seconds after a POST. Until then the browser reads the primary, so that it sees what it wrote."""

PUBLIC = ("home", "standard", "questions", "nearest_questions", "statistics", "statistics_csv", "board")
RESULTS = ("survey_results", "survey_result", "surveys", "dashboard", "registers")
LISTS = ("cases", "agenda", "calendar", "reports", "follow_ups", "advice_list")
PAGES = frozenset((*PUBLIC, *RESULTS, *LISTS))
"""Names of the URLs. What somebody works on (desk, case, steps, queues) is not among them."""


def replica_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Let the PAGES read from the copy. If the copy fails on the way, ask the primary for the page."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            response = get_response(request)
            response.set_cookie(
                COOKIE, "1", OWN_WRITES_VISIBLE, secure=settings.HTTPS, httponly=True, samesite="Lax"
            )
            return response
        if COOKIE in request.COOKIES or _find_name(request.path_info) not in PAGES:
            return get_response(request)
        with reading() as is_from_copy:
            response = get_response(request)
        if is_from_copy and hasattr(request, "had_outage"):
            del request.had_outage
            set_aside("a page failed")
            response = get_response(request)
        return response

    return middleware


def _find_name(path: str) -> str | None:
    try:
        return resolve(path).url_name
    except Resolver404:
        return None
