"""The second factor (TOTP app or passkey): who needs it, from when on, and how secrets are stored.

Once the grace period is over, no page is open without a factor. It can be set up until the last day of the
period, and later within OPEN_FOR after two people recovered it or the user removed the own one: the password
alone opens nothing. The check makes no query: the roles and the requirements are cached, and the account's
query reads if the user has a factor.
"""

import datetime as dt
from http import HTTPStatus
from typing import Any, cast

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_removed
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext_lazy as _

from kit import clock, encryption
from office.models import User
from office.models.people import ADMINISTRATOR, get_grace_days

SET_UP = "mfa_index"
OPEN = {SET_UP, "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"}
"""URL names that are open to who may set a factor up, besides public pages and the logout."""

OPEN_FOR = dt.timedelta(hours=24)
"""Time in which a user sets a new factor up after a recovery, or after removing the own one."""


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
    """Let a user replace the own factor, who has just used it (`AccountAdapter`)."""
    open_set_up(user)


@receiver(user_logged_in)
def start_grace(user: User, **_signal: Any) -> None:
    """Store the first login that asks for a second factor. Forget it if the requirement is gone."""
    is_required = get_days_of_grace(user) is not None
    if is_required == (user.factor_asked_at is None):
        user.factor_asked_at = clock.now() if is_required else None
        user.save(update_fields=["factor_asked_at"])


class SecondFactorMiddleware(MiddlewareMixin):
    """Redirect users who are shut out to the page that sets a second factor up, or say who can help."""

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


class MFAAdapter(DefaultMFAAdapter):
    """Encrypt the secrets of TOTP apps and recovery codes. Passkeys have none: their public key is stored."""

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)


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
