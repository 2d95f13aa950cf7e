"""Lines of the log: time and zone, level, logger, request and message, without secret links and content."""

import datetime as dt
import json
import logging
import re
from contextvars import ContextVar
from copy import copy
from functools import cache
from typing import Any

from django.conf import settings

SLASH = r"(?:/|%(?:25)*2F)"
"""A slash of a URL, also encoded once or more often."""

LONG_PART = re.compile(rf"({SLASH})(?:[\w-]|%(?:25)*(?!25|2F)[0-9A-F]{{2}}){{24,}}+(?!\.py\b)", re.IGNORECASE)
"""A part of a URL that is long enough to be a secret. Long module names (`.py`) stay in tracebacks."""

QUERY = re.compile(r"""(?<=[\w/.…-])\?[^\s"'<>]+""")

KEY = re.compile(r"\b(?:rbk_|whsec_)[\w+/=-]{8,}")
"""A token of another system, or the secret of its webhook. `exchange` creates them with these prefixes."""

ROW = re.compile(r"\n(?:DETAIL|LINE \d+): .*?(?=\n\n(?:The above|During)|\Z)", re.DOTALL)
"""The part of a PostgreSQL error that quotes a row or a query, up to the next exception of a traceback."""

request_id: ContextVar[str] = ContextVar("request_id", default="-")
"""Identifier of the request that this thread handles, `-` in processes without requests."""

user_id: ContextVar[str] = ContextVar("user_id", default="")
"""Key of the account that is logged in, empty without one."""

access_log = logging.getLogger("rembuk.access")


def mask(text: str) -> str:
    """Return a text with `…` in place of tokens, secrets and query strings, and without quoted database rows.

    A secret is the part of a URL after a route of `SECRET_ROUTES`, and any long part. Anybody who has such a
    link can act as its owner.
    """
    text = _follow_routes(r"""[^\s"'<>]""").sub(r"\1…", KEY.sub("…", ROW.sub("", text)))
    return LONG_PART.sub(r"\1…", QUERY.sub("?…", text))


def mask_path(value: Any) -> Any:
    """Return a path without secrets, and other values unchanged. A part of a path may contain spaces."""
    is_path = isinstance(value, str) and value.startswith("/")
    return mask(_follow_routes(r"[\s\S]").sub(r"\1…", value)) if is_path else value


@cache
def _follow_routes(character: str) -> re.Pattern[str]:
    """Return a pattern: a route of `SECRET_ROUTES` (group 1), then `character` up to the next slash."""
    routes = "|".join(route.replace("/", f"{SLASH}++") for route in settings.SECRET_ROUTES)
    return re.compile(rf"({SLASH}(?:{routes}){SLASH}++)(?:(?!{SLASH}){character})+", re.IGNORECASE)


LINE_BREAK = re.compile("[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


class LineFormatter(logging.Formatter):
    """Format a record, also its traceback, as a line of text.

    Further lines are indented, so that no text that somebody typed looks like a record of its own.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        """Return a time such as 2026-11-26T09:30:00.123+07:00."""
        return dt.datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds")

    def format(self, record: logging.LogRecord) -> str:
        record = _mask_arguments(record)
        vars(record)["request_id"] = request_id.get()
        return LINE_BREAK.sub("\n    ", mask(super().format(record)))


def _mask_arguments(record: logging.LogRecord) -> logging.LogRecord:
    """Return a copy of a record whose arguments contain no path with a secret."""
    masked = copy(record)
    if isinstance(record.args, dict):
        masked.args = {name: mask_path(value) for name, value in record.args.items()}
    elif record.args:
        masked.args = tuple(map(mask_path, record.args))
    return masked


class JsonFormatter(LineFormatter):
    """Format a record as an object of JSON on one line.

    Write no other fields of the record. Django adds the whole request to its records.
    """

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "request": request_id.get(),
            "user": user_id.get(),
            "message": _mask_arguments(record).getMessage(),
            **{name: mask_path(value) for name, value in getattr(record, "access", {}).items()},
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        masked = {name: mask(value) if isinstance(value, str) else value for name, value in fields.items()}
        return json.dumps(masked, ensure_ascii=False)


def configure_logging(level: str, log_format: str) -> dict[str, Any]:
    """Return the `LOGGING` setting: each record on the standard error, with `json` also each request."""
    is_json = log_format == "json"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": JsonFormatter if is_json else LineFormatter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Django gives these loggers handlers of its own, which would write each line again, with secrets.
            "django": {"handlers": []},
            "django.server": {"handlers": [], "propagate": True},
            "rembuk.access": {"level": "NOTSET" if is_json else "WARNING"},
            # At INFO these libraries log their start, or each embedded font.
            **{name: {"level": "WARNING"} for name in ("pikepdf", "fontTools", "weasyprint")},
        },
    }
