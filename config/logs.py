"""Lines of the log: time (WIB), level, logger, request and message, without secret links."""

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

SECRET_PART = re.compile(r"(?:(?<=/)|(?<=%2F)|(?<=%2f))[\w-]{24,}(?![\w-]|\.\w)")
"""An unguessable part of a URL: of a case, a draft, a document, a password reset. File names have a dot."""

GOOD_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)

request_id: ContextVar[str] = ContextVar("request_id", default="-")
"""Identifier of the request that this thread handles, `-` in processes without requests."""


class LineFormatter(logging.Formatter):
    """Format a record, also its traceback, with `…` for the unguessable parts of URLs.

    With such a link, anybody can act as the applicant.
    """

    def __init__(self) -> None:
        line = "%(asctime)s.%(msecs)03d %(levelname)s %(name)s [%(request_id)s] %(message)s"
        super().__init__(line, datefmt="%Y-%m-%dT%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        vars(record)["request_id"] = request_id.get()
        return SECRET_PART.sub("…", super().format(record))


def request_id_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Give each request an identifier for the log and the response: that of a trusted proxy, or a new one."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
        # Not reset at the end: Django logs an error response after the last middleware.
        request_id.set(given if GOOD_ID.fullmatch(given) else uuid4().hex)
        response = get_response(request)
        response["X-Request-ID"] = request_id.get()
        return response

    return middleware


def configure_logging(level: str) -> dict[str, Any]:
    """Return the `LOGGING` setting: each record as one line on the standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": LineFormatter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Django gives these loggers handlers of its own, which would write each line again, with secrets.
            "django": {"handlers": []},
            "django.server": {"handlers": [], "propagate": True},
            # At INFO these libraries log their start, or each embedded font.
            **{name: {"level": "WARNING"} for name in ("pikepdf", "fontTools", "weasyprint")},
        },
    }
