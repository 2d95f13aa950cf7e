"""Sessions of the staff: how long they last, and that their pages are not stored.

After a login, and after the user has proved again who it is, the session has a new key.

A session ends `SESSION_HOURS` after the login, and earlier after `SESSION_IDLE_MINUTES` without activity. Its
expiry date in the database is the idle limit; saving the session moves it. Activity is a page that a person
opens, or a change that is saved. Autosave counts, because it follows typing. What a page fetches by itself
(counts, the remaining time) does not count, and neither does a script that repeats a failing request.
"""

import time
from collections.abc import Callable
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods

from kit.logs import user_id
from kit.middleware import remember_user

SAVE_INTERVAL = 60
"""Seconds between two moves of the expiry date, so that not every request writes to the database."""


def session_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """End sessions that are over, extend those in use, and forbid browsers to store pages of the staff."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if SESSION_KEY in request.session and get_remaining_seconds(request) <= 0:
            logout(request)
        user_id.set(request.session.get(SESSION_KEY, ""))
        proved_at = _get_last_proof(request)
        response = get_response(request)
        if SESSION_KEY in request.session:
            if _get_last_proof(request) != proved_at:
                renew_key(request)
            patch_cache_control(response, private=True, no_store=True)
            remember_user(request, response, request.session[SESSION_KEY])
            if is_activity(request, response) and _seconds_since(request, "active") >= SAVE_INTERVAL:
                request.session["active"] = time.time()
        return response

    return middleware


@transaction.atomic
def renew_key(request: HttpRequest) -> None:
    """Give the session a new key, so that whoever knows the old one does not profit (ASVS 7.2.4)."""
    old = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def _get_last_proof(request: HttpRequest) -> float:
    """Return when the user last entered the password or the factor again in this session, or 0."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return max((record["at"] for record in records if record.get("reauthenticated")), default=0)


def is_activity(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Return whether a person caused this request. Browsers name the purpose in `Sec-Fetch-Dest`."""
    if request.headers.get("Sec-Fetch-Dest", "document") == "document" or "HX-Request" in request.headers:
        return True
    return request.method == "POST" and response.status_code < 400


def get_remaining_seconds(request: HttpRequest) -> int:
    """Return the seconds until the session ends if nothing happens any more."""
    idle = settings.SESSION_COOKIE_AGE - _seconds_since(request, "active")
    total = settings.SESSION_HOURS * 3600 - _seconds_since(request, "started")
    return int(min(idle, total))


@require_http_methods(["GET", "POST"])
def session_time(request: HttpRequest) -> JsonResponse:
    """Return the seconds until the session ends, and a token for forms. A POST extends the session first."""
    if request.method == "POST":
        request.session["active"] = time.time()
    return JsonResponse({"seconds": get_remaining_seconds(request), "token": get_token(request)})


@receiver(user_logged_in)
def start(request: HttpRequest, **_kwargs: Any) -> None:
    request.session["started"] = request.session["active"] = time.time()


def _seconds_since(request: HttpRequest, name: str) -> float:
    """Return the age of a time in the session. Sessions from before an upgrade have none, so they end."""
    return time.time() - float(request.session.get(name, 0))
