"""Middleware: the language of the page, the page of an outage, and typed input that survives a login.

- Pages are Indonesian, unless the reader has chosen another language. Accept-Language is ignored.
- If the database, the cache, the storage or a key of encrypted data fails, the answer is 503 with a page.
- Input that is posted after the session expired is stored until the login, and then shown again. A view opts
  in with `keeps_unsent` and shows `request.unsent` in its form. Files are lost. A cookie names the last user
  of the browser, so that a colleague who logs in on the same computer does not see the input.
"""

import errno
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.signals import got_request_exception
from django.db import Error, InterfaceError, OperationalError
from django.dispatch import receiver
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    QueryDict,
)
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kit.encryption import Unreadable, decrypt, encrypt
from kit.limits import Use, consume

type Handler = Callable[[HttpRequest], HttpResponseBase]

LANGUAGES = dict(settings.LANGUAGES)

RETRY_AFTER = 60
"""Seconds after which a client should try again."""

DISK_ERRORS = (
    *(errno.EACCES, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EMFILE),
    *(errno.ENFILE, errno.ENOSPC, errno.EPERM, errno.EROFS, errno.ESTALE),
)
"""The disk is full, broken, read-only or not permitted, or the system has no file handles left."""

OUTAGES = ("25006", "42P01")
"""SQLSTATE of PostgreSQL for a write on a standby server, and for a table that is missing."""

CLIENTS = ("boto3", "botocore", "redis")
"""Packages whose errors are outages: clients of S3 and of Valkey, which are not always installed."""

MAX_CHARACTERS = 500_000
"""Characters of encoded input. Longer input is not stored."""

NEVER_KEPT = ("csrfmiddlewaretoken", "passphrase")
KEY = "unsent"
COOKIE, COOKIE_AGE = f"{settings.COOKIE_PREFIX}last_user", 24 * 3600


def language_middleware(get_response: Handler) -> Handler:
    """Activate the language in the reader's cookie for a request.

    Stored texts and documents are always Indonesian. The code that creates them uses `override("id")`.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in LANGUAGES else settings.LANGUAGE_CODE
        with translation.override(language):
            response = get_response(request)
        patch_vary_headers(response, ["Cookie"])
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Language", language)
        return response

    return middleware


@login_not_required
@never_cache
@csrf_exempt
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Store the language in a cookie for a year and redirect to `next`, a page of this site.

    `next` may be a secret link. In the body of a POST it reaches no log, no history and no `Referer`.
    There is no CSRF check: pages behind a secret link send no origin, and a forged POST only changes the
    language.
    """
    language = request.POST.get("language", "")
    if language not in LANGUAGES:
        raise Http404
    return _redirect_with_cookie(request, settings.LANGUAGE_COOKIE_NAME, language)


TEXT_SIZES = ("usual", "big")


@login_not_required
@never_cache
@csrf_exempt
@require_POST
def choose_text_size(request: HttpRequest) -> HttpResponse:
    """Store the text size in a cookie, see `choose_language()`. `templates/base.html` reads the cookie."""
    size = request.POST.get("text_size", "")
    if size not in TEXT_SIZES:
        raise Http404
    return _redirect_with_cookie(request, "text_size", size)


def _redirect_with_cookie(request: HttpRequest, name: str, value: str) -> HttpResponse:
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    response.set_cookie(
        name,
        value,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def outage_middleware(get_response: Handler) -> Handler:
    """Replace Django's answer 500 by 503 if an outage caused it. The page needs no database and no disk."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not hasattr(request, "had_outage"):
            return response
        page = render_to_string("503.html", {"sentence": request.had_outage})
        return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER)})

    return middleware


def method_middleware(get_response: Handler) -> Handler:
    """Replace Django's empty answer 405 by a page if somebody opens (GET) a URL that takes only POST."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.method == "GET" and isinstance(response, HttpResponseNotAllowed):
            response.content = render_to_string("405.html")
        return response

    return middleware


@receiver(got_request_exception)
def note_outage(*, request: HttpRequest, **kwargs: Any) -> None:
    """Mark the request if the exception that Django is handling is an outage, with a sentence of its own."""
    error = sys.exception()
    if is_outage(error):
        request.had_outage = str(error) if isinstance(error, Unreadable) else ""  # type: ignore[attr-defined]


def is_outage(error: BaseException | None) -> bool:
    """Return whether the database, the cache or the storage caused the error, not a mistake in the code.

    A missing table (`migrate` has not run yet) and a missing key count as outages.
    """
    if isinstance(error, Unreadable):
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


def keeps_unsent[View: Callable[..., HttpResponseBase]](view: View) -> View:
    """Mark a view: posted input is stored if the user must log in first."""
    view.keeps_unsent = True  # type: ignore[attr-defined]
    return view


class KeepUnsentMiddleware(LoginRequiredMiddleware):
    """Require a login. Store the posted input in the anonymous session of the browser until the login.

    A view with `keeps_unsent` finds the input in `request.unsent`, once.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if getattr(view_func, "keeps_unsent", False):
            request.unsent = SimpleLazyObject(partial(_take_unsent, request))  # type: ignore[attr-defined]
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        is_kept = request.method == "POST" and getattr(view_func, "keeps_unsent", False)
        if is_kept and consume(request, Use("unsent")):
            typed = request.POST.copy()
            for name in NEVER_KEPT:
                typed.pop(name, None)
            if len(encoded := typed.urlencode()) <= MAX_CHARACTERS:
                has_files = bool(request.FILES)
                request.session[KEY] = {
                    "path": request.path,
                    # It may name a person who wants to stay hidden.
                    "typed": encrypt(encoded, f"{KEY}/{request.path}"),
                    "has_files": has_files,
                    "user": request.COOKIES.get(COOKIE, ""),
                }
        return super().handle_no_permission(request, view_func)


def _take_unsent(request: HttpRequest) -> QueryDict | None:
    """Return what this user posted to this page before the login, once, and tell the user so."""
    if request.session.get(KEY, {}).get("path") != request.path:
        return None
    kept = request.session.pop(KEY)
    if kept["user"] not in ("", str(request.user.pk)):
        return None
    sentence = _("Anda perlu masuk lagi, jadi isian ini belum terkirim. Periksa isian Anda, lalu kirim lagi.")
    if kept["has_files"]:
        sentence += " " + _("Pilih lagi berkasnya.")
    messages.warning(request, sentence)
    return QueryDict(decrypt(kept["typed"], f"{KEY}/{request.path}"))


def remember_user(request: HttpRequest, response: HttpResponseBase, user: str) -> None:
    """Store the primary key of the user in the cookie COOKIE."""
    if request.COOKIES.get(COOKIE) != user:
        response.set_cookie(
            COOKIE, user, COOKIE_AGE, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )
