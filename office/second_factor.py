"""The second factor (TOTP app or passkey): who needs it, from when on, and how secrets are stored.

Once the grace period is over, only the pages that set a factor up are open. The check makes no query: the
roles and the requirements are remembered, and the account's query reads if the user has a factor.
"""

import datetime as dt
from typing import Any, cast

from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

from office import clock, encryption
from office.models import User
from office.models.second_factor import ADMINISTRATOR, get_grace_days

SET_UP = "mfa_index"
OPEN = {SET_UP, "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "session_time"}
"""URL names that stay open after the grace period, besides public pages and the logout."""


def get_days_of_grace(user: User) -> int | None:
    """Return the days that a user has to set a second factor up, or None if no role of the user needs one."""
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


@receiver(user_logged_in)
def start_grace(user: User, **_signal: Any) -> None:
    """Store the first login that asks for a second factor. Forget it if the requirement is gone."""
    is_required = get_days_of_grace(user) is not None
    if is_required == (user.factor_asked_at is None):
        user.factor_asked_at = clock.now() if is_required else None
        user.save(update_fields=["factor_asked_at"])


class SecondFactorMiddleware(MiddlewareMixin):
    """Redirect users who are shut out to the page that sets a second factor up."""

    def process_view(
        self, request: HttpRequest, view: Any, _args: Any, _values: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        is_open = not getattr(view, "login_required", True) or (match and match.view_name in OPEN)
        return redirect(SET_UP) if not is_open and is_shut_out(cast(User, request.user)) else None


class MFAAdapter(DefaultMFAAdapter):
    """Encrypt the secrets of TOTP apps and recovery codes. Passkeys have none: their public key is stored."""

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)
