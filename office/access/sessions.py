"""Sessions of people who are logged in: how long they last, and the second factor that a role requires.

The session gets a new key at each login and at each reauthentication.

A session ends `SESSION_HOURS` after the login, and earlier after `SESSION_IDLE_MINUTES` without activity. Its
expiry date in the database is the idle limit; saving the session moves it. Activity is a page that a person
opens, or a change that is saved. Autosave counts, because it follows typing. Requests that a page makes by
itself (counts, the remaining time) do not count, and neither does a script that repeats a failing request.

The database stores a hash of the cookie only (`SessionStore`, the SESSION_ENGINE).
"""

import datetime as dt
import secrets
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_removed
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends import db
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import transaction
from django.db.models.signals import post_init
from django.dispatch import receiver
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kit import clock, encryption, rotation
from kit.logs import user_id
from kit.middleware import remember_user
from office.models import User
from office.models.people import ADMINISTRATOR, get_grace_days

SAVE_INTERVAL = 60
"""Seconds between two moves of the expiry date, so that not every request writes to the database."""


COOKIE = settings.SESSION_COOKIE_NAME


class HashedKey(str):
    """The key of a session: 160 bits of the hash of its cookie, as many as allauth's columns can hold."""

    cookie: str

    def __new__(cls, cookie: str) -> "HashedKey":
        key = super().__new__(cls, encryption.hash_token(cookie)[:40])
        key.cookie = cookie
        return key


class SessionStore(db.SessionStore):
    """A session whose key is a hash of its cookie, so that a copy of the database contains no valid cookie.

    The data are signed for this key: Django refuses and logs data copied from the row of another session.
    """

    @property
    def key_salt(self) -> str:
        return f"rembuk.session.{self.session_key}"

    def create(self) -> None:
        self._session_key = HashedKey(secrets.token_urlsafe(32))
        self.save(must_create=True)
        self.modified = True


class HashedSessionMiddleware(SessionMiddleware):
    """Find the session by the hash of the cookie, and send the cookie of a new session."""

    def process_request(self, request: HttpRequest) -> None:
        cookie = request.COOKIES.get(COOKIE)
        request.session = SessionStore(HashedKey(cookie) if cookie else None)

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        response = super().process_response(request, response)
        if COOKIE in response.cookies and response.cookies[COOKIE].value:  # not deleted
            response.cookies[COOKIE] = request.session.session_key.cookie  # type: ignore[union-attr]
        return response


def session_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """End expired sessions, extend active ones, and forbid browsers to store pages of the staff."""

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
    """Give the session a new key, so that the old one is of no use to an attacker (ASVS 7.2.4)."""
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
    """Return the seconds until the session ends if there is no more activity."""
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
    """Return the seconds since a time in the session. A session without it (before an upgrade) is expired."""
    return time.time() - float(request.session.get(name, 0))


SET_UP = "mfa_index"
OPEN = {SET_UP, "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"}
"""Names of URLs for users who must set up a second factor, besides public pages and the logout."""

OPEN_FOR = dt.timedelta(hours=24)
"""Time in which a user may set up a new factor after a recovery, or after removing the own factor."""


def get_days_of_grace(user: User) -> int | None:
    """Return the days of grace to set up a second factor, or None if no role of the user requires one."""
    held = {str(role) for role in user.roles} | ({ADMINISTRATOR} if user.is_staff else set())
    return min((days for role, days in get_grace_days().items() if role in held), default=None)


def get_closing_day(user: User) -> dt.date | None:
    """Return the day on which the account of a user without a required factor closes, or None."""
    days = get_days_of_grace(user)
    if days is None or user.factor_asked_at is None or user.has_second_factor:
        return None
    return timezone.localdate(user.factor_asked_at) + dt.timedelta(days=days)


def is_shut_out(user: User) -> bool:
    """Return whether the grace period of a user without a second factor is over."""
    closing_day = get_closing_day(user)
    return closing_day is not None and closing_day <= clock.today()


def may_set_up(user: User) -> bool:
    """Return whether a user who is shut out may set a factor up."""
    if user.factor_open_until is not None and clock.now() < user.factor_open_until:
        return True
    return get_closing_day(user) == clock.today()


def open_set_up(user: User) -> None:
    """Let a user without a factor set one up, also after the grace period."""
    user.factor_open_until = clock.now() + OPEN_FOR
    user.save(update_fields=["factor_open_until"])


def recover(username: str) -> None:
    """Remove the factors of a user, and let the user set a new one up."""
    Authenticator.objects.filter(user__username=username).delete()
    open_set_up(User.objects.get(username=username))


@receiver(authenticator_removed)
def open_after_removal(user: User, **_signal: Any) -> None:
    """Let a user who removed the own factor set up a new one. The removal asked for the factor itself."""
    open_set_up(user)


@receiver(user_logged_in)
def start_grace(user: User, **_signal: Any) -> None:
    """Store the first login since a second factor is required. Clear it if no factor is required any more."""
    is_required = get_days_of_grace(user) is not None
    if is_required == (user.factor_asked_at is None):
        user.factor_asked_at = clock.now() if is_required else None
        user.save(update_fields=["factor_asked_at"])


class SecondFactorMiddleware(MiddlewareMixin):
    """Redirect users who are shut out to the page that sets up a second factor, or show who can help."""

    def process_view(
        self, request: HttpRequest, view: Any, _args: Any, _values: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        name, user = match.view_name if match else "", cast(User, request.user)
        if not getattr(view, "login_required", True) or name == "session_time" or not is_shut_out(user):
            return None
        if may_set_up(user):
            return None if name in OPEN else redirect(SET_UP)
        return render(request, "office/factor_closed.html", status=HTTPStatus.FORBIDDEN)


class Secret(str):
    """A secret of a second factor: encrypted, with its place; or in clear text until its row is created."""

    place = ""


@receiver(post_init, sender=Authenticator)
def bind_secrets(instance: Authenticator, **_signal: Any) -> None:
    """Encrypt the secrets of a new row. Store in each secret the place that `decrypt()` needs."""
    data = vars(instance).get("data") or {}
    for name in {*rotation.MFA_SECRETS} & {*data}:
        place, stored = rotation.name_factor(instance), data[name]
        is_new = isinstance(stored, Secret) and not stored.place
        data[name] = Secret(encryption.encrypt(stored, place) if is_new else stored)
        data[name].place = place


class MFAAdapter(DefaultMFAAdapter):
    """Encrypt the secrets of TOTP apps and recovery codes. Passkeys have none: their public key is stored."""

    def encrypt(self, text: str) -> str:
        return Secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text, cast(Secret, encrypted_text).place)


class AddPasskeyForm(AddWebAuthnForm):
    """Add a passkey that also opens the account without a password, or a key that is a second factor only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Nama kunci")
        without_password = self.fields["passwordless"]
        without_password.initial = True
        without_password.label = _("Passkey: buka akun tanpa kata sandi")
        without_password.help_text = _(
            "Memakai sidik jari, wajah, atau PIN. Hapus centang untuk kunci USB tanpa PIN."
        )
