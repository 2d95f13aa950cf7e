"""Adapter for allauth: administrators create the accounts, nobody signs up. How staff may log in."""

import logging
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kit import limits

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoginWays:
    """Ways to log in besides passkeys: with a password, through a provider (its name and key)."""

    has_passwords: bool
    provider: str = ""
    provider_id: str = ""


def get_login_ways() -> LoginWays:
    for app in settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", []):
        return LoginWays(settings.PASSWORD_LOGIN, app["name"], app["provider_id"])
    return LoginWays(has_passwords=True)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return f"Rembuk: {subject}"

    def get_login_stages(self) -> list[str]:
        """Let accounts without a verified address log in: the office has created them."""
        stages = super().get_login_stages()
        return [stage for stage in stages if not stage.endswith(".EmailVerificationStage")]

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """An address is replaced by a verified one and never deleted."""
        return False

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        """Ask for the second factor instead of the password, if there is one: it protects its own removal."""
        methods = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"].startswith("mfa")] or methods

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse to compare a password after too many wrong ones. Replace allauth's limit per account.

        Also refuse it if staff log in through the identity provider only.
        """
        if not settings.PASSWORD_LOGIN:
            raise forms.ValidationError(_("Masuk dengan kata sandi tidak dibuka di kantor ini."))
        if not limits.may_try(request, "login_failed", credentials.get("username", "")):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        limits.count_failure(request, "login_failed", credentials.get("username", ""))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Send a mail about a change of the account. The change remains if the mail server is down."""
        try:
            super().send_notification_mail(template_prefix, user, context, email)
        except OSError:
            logger.exception("Mail %s about account %s was not sent", template_prefix, user.pk)
