"""Input that was posted after the session had expired: kept over the login and shown again.

A view opts in with `keeps_unsent` and shows `request.unsent` in its form. Files are lost. A cookie names the
last user of the browser. So input is not shown to a colleague who logs in on the same computer.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from kit.encryption import decrypt, encrypt
from kit.limits import Use, consume

MAX_CHARACTERS = 500_000
"""Characters of encoded input. Longer input is not stored."""

NEVER_KEPT = ("csrfmiddlewaretoken", "passphrase")
KEY = "unsent"
COOKIE, COOKIE_AGE = f"{settings.COOKIE_PREFIX}last_user", 24 * 3600


def keeps_unsent[View: Callable[..., HttpResponseBase]](view: View) -> View:
    """Mark a view: posted input is stored if the user must log in first."""
    view.keeps_unsent = True  # type: ignore[attr-defined]
    return view


class KeepUnsentMiddleware(LoginRequiredMiddleware):
    """Require a login, and keep what was posted in the session of the browser until then.

    Views that keep it find it in `request.unsent`, once.
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
                    "typed": encrypt(encoded),  # it may name a person who wants to stay hidden
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
    return QueryDict(decrypt(kept["typed"]))


def remember_user(request: HttpRequest, response: HttpResponseBase, user: str) -> None:
    """Name the user, by key, in the cookie of the browser."""
    if request.COOKIES.get(COOKIE) != user:
        response.set_cookie(
            COOKIE,
            user,
            COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
