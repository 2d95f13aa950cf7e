"""Answers 503 with a page if the database, the cache, the storage or a key of encrypted data fails."""

import errno
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

from django.core.signals import got_request_exception
from django.db import Error, InterfaceError, OperationalError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from kit.encryption import KeyMissing

RETRY_AFTER = 60
"""Seconds after which a client should try again."""

DISK_ERRORS = frozenset(
    {
        errno.EACCES,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOSPC,
        errno.EPERM,
        errno.EROFS,
        errno.ESTALE,
    }
)
"""The disk is full, broken, read-only or not permitted, or the system has no file handles left."""

OUTAGES = ("25006", "42P01")
"""SQLSTATE of PostgreSQL for a write on a standby server, and for a table that is missing."""

CLIENTS = ("boto3", "botocore", "redis")
"""Packages whose errors are outages: clients of S3 and of Valkey, which are not always installed."""


def outage_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Replace Django's answer 500 if an outage caused it. The page needs neither database nor disk."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not hasattr(request, "had_outage"):
            return response
        page = render_to_string("503.html", {"sentence": request.had_outage})
        return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER)})

    return middleware


@receiver(got_request_exception)
def note_outage(*, request: HttpRequest, **kwargs: Any) -> None:
    """Mark the request if the exception that Django is handling is an outage, with a sentence of its own."""
    error = sys.exception()
    if is_outage(error):
        request.had_outage = str(error) if isinstance(error, KeyMissing) else ""  # type: ignore[attr-defined]


def is_outage(error: BaseException | None) -> bool:
    """Return whether the database, the cache or the storage caused the error, not a mistake in the code.

    A missing table counts as an outage: `migrate` has not run yet. So does a missing key.
    """
    if isinstance(error, KeyMissing):
        return True
    if isinstance(error, OSError):
        return error.errno in DISK_ERRORS
    if isinstance(error, OperationalError):
        # SQLite raises it for wrong statements too.
        is_statement = getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
        return not is_statement or str(error).startswith("no such table")
    if isinstance(error, Error):
        return isinstance(error, InterfaceError) or getattr(error.__cause__, "sqlstate", None) in OUTAGES
    return any(cls.__module__.partition(".")[0] in CLIENTS for cls in type(error).__mro__)
