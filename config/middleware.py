"""List the middlewares in their order, outermost first, each with its reason. No other module adds one."""

import re
from collections.abc import Callable
from http import HTTPStatus
from time import monotonic
from uuid import uuid4

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.urls import resolve

from exchange.api import problems
from kit.logs import access_log, request_id, user_id

type Handler = Callable[[HttpRequest], HttpResponseBase]

HEALTH = ("/healthz", "/healthz/live", "/healthz/ready", "/metrics")
"""Health checks and metrics: they answer whatever host and scheme they are asked with."""

MACHINE_PATHS = r"^(kalender/langganan/.+\.ics|pesan/whatsapp/|verifikasi/catatan/.+\.jsonl?|api/.+)$"
"""The API, calendar feeds, the webhook of WhatsApp, the heads and the chain of the record.

Paths are without the leading slash. contrib/ repeats it.
"""

GOOD_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)

TEXT = frozenset(
    {"text/html", "text/csv", "text/calendar", "text/plain", "image/svg+xml", "application/json"}
)


def list_middleware(*, has_metrics: bool) -> list[str]:
    return [
        # First: its identifier is in all log lines, its headers are on all responses.
        "config.middleware.request_id_middleware",
        # Before all that answers: HTTPS, and headers of security on static files too.
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.csp.ContentSecurityPolicyMiddleware",
        # Before the host is checked, a session is read and requests are counted.
        "config.middleware.machine_middleware",
        *(["operations.metrics.metrics_middleware"] if has_metrics else []),
        # Static files need nothing below, and are compressed already.
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "config.middleware.TextCompressionMiddleware",
        # Around all that may answer a request of the API with a page of HTML.
        "config.middleware.problem_middleware",
        # Around all that shows texts, also the page of an outage.
        "kit.middleware.language_middleware",
        # Around all that uses the database.
        "kit.middleware.outage_middleware",
        # Before the first query for remembered data and the first entry of the audit log.
        "kit.cache.request_middleware",
        "office.access.sessions.HashedSessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        # Before the check of CSRF, which parses the body.
        "kit.limits.BodyLimitMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        # After authentication: it may log out. Before the login is required: it ends sessions.
        "office.access.sessions.session_middleware",
        # Before all that asks for the day: requires a login, and so reads the account.
        "kit.middleware.KeepUnsentMiddleware",
        # After the account, whose query reads the version of cached data too.
        "office.worktime.ZoneMiddleware",
        # After the zone: the grace period ends with a day of the office.
        "office.access.sessions.SecondFactorMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "allauth.account.middleware.AccountMiddleware",
        # Within all that sets headers.
        "kit.middleware.method_middleware",
    ]


def request_id_middleware(get_response: Handler) -> Handler:
    """Give each request an identifier for the log and the response: that of a trusted proxy, or a new one.

    Ask search engines to list no page of a practice office.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
        # Not reset at the end: Django logs an error response after the last middleware.
        request_id.set(given if GOOD_ID.fullmatch(given) else uuid4().hex)
        user_id.set("")
        began = monotonic()
        response = get_response(request)
        if request.path not in HEALTH:
            answer = {"method": request.method, "path": request.path, "status": response.status_code}
            answer["milliseconds"] = round((monotonic() - began) * 1000)
            access_log.info("%(method)s %(path)s %(status)s", answer, extra={"access": answer})
        response["X-Request-ID"] = request_id.get()
        if settings.PRACTICE:
            response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return middleware


def machine_middleware(get_response: Handler) -> Handler:
    """Refuse TRACE, and treat the addresses that programs read (HEALTH, MACHINE_PATHS) as programs need it.

    Answer HEALTH with any host and scheme: a supervisor asks on the loopback address, and knows neither the
    site's name nor its certificate. Answer others over plain HTTP with 403, because a redirect would let a
    program send its secret unencrypted each time, unseen (ASVS 4.1.2).
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method == "TRACE":
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if request.path_info in HEALTH:
            match = resolve(request.path_info)
            response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
            return response
        is_plain = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if is_plain and re.match(MACHINE_PATHS, request.path_info.removeprefix("/")):
            return HttpResponse(
                "Use https.", status=HTTPStatus.FORBIDDEN, content_type="text/plain; charset=utf-8"
            )
        return get_response(request)

    return middleware


def problem_middleware(get_response: Handler) -> Handler:
    """Replace HTML errors of the API: unknown addresses, too large bodies, outages, faults."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_error = response.status_code >= HTTPStatus.BAD_REQUEST
        if not is_error or not request.path.startswith("/api/"):
            return response
        if response.headers.get("Content-Type") == problems.MEDIA_TYPE:
            return response
        kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response.headers}
        return problems.answer(problems.Problem(response.status_code, headers=kept))

    return middleware


class TextCompressionMiddleware(GZipMiddleware):
    """Django's gzip middleware for text only. It adds random bytes against the BREACH attack.

    PDFs and images are compressed already, and a download needs its Content-Length.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
        if kind not in TEXT or isinstance(response, FileResponse):
            return response
        return super().process_response(request, response)
