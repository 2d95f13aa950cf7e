"""Accounts: how the staff logs in, which passwords are refused, addresses and NIPs that are taken.

Administrators create the accounts; nobody signs up.
"""

import hashlib
import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy

from kit import limits, place
from kit.cache import note_version, select_version
from office.models import Office, User
from office.models.people import list_second_factors

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoginWays:
    """Ways to log in besides passkeys: with a password, or through an identity provider (name and key)."""

    has_passwords: bool
    provider: str = ""
    provider_id: str = ""


def get_login_ways() -> LoginWays:
    for app in settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", []):
        return LoginWays(settings.PASSWORD_LOGIN, app["name"], app["provider_id"])
    return LoginWays(has_passwords=True)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy("Nama pengguna atau kata sandi salah.")
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return f"Rembuk: {subject}"

    def get_login_stages(self) -> list[str]:
        """Let accounts without a verified e-mail address log in: administrators have created them."""
        stages = super().get_login_stages()
        return [stage for stage in stages if not stage.endswith(".EmailVerificationStage")]

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """Return False: a user may replace the e-mail address by a verified one, but not delete it."""
        return False

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        """Ask for the second factor instead of the password if the user has one, e.g. before its removal."""
        methods = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"].startswith("mfa")] or methods

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse to check a password after too many wrong ones. This replaces allauth's limit per account.

        Also refuse if staff log in through the identity provider only.
        """
        if not settings.PASSWORD_LOGIN:
            raise forms.ValidationError(_("Masuk dengan kata sandi tidak dibuka di kantor ini."))
        if not limits.may_try(request, "login_failed", credentials.get("username", "")):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        limits.count_try(request, "login_failed", credentials.get("username", ""))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail, such as the link for a new password. A copy sends none (kit/place.py)."""
        if place.is_copy():
            logger.warning("Mail %s was not sent: this is a copy, which sends nothing", template_prefix)
        else:
            super().send_mail(template_prefix, email, context)

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


class StaffBackend(AuthenticationBackend):
    """Allauth's backend. Its query of the user also reads the cache version and `has_second_factor`."""

    def get_user(self, user_id: Any) -> User | None:
        accounts = User.objects.annotate(
            version=Subquery(select_version()),
            has_second_factor=Exists(list_second_factors().filter(user=OuterRef("pk"))),
        )
        user = accounts.filter(pk=user_id).first()
        if user is None:
            return None
        note_version(vars(user).pop("version"))
        return user if self.user_can_authenticate(user) else None


WORD = re.compile(r"[^\W_]{4,}")
REPEATED = re.compile(r"(.+?)\1+")
MAX_LENGTH = 128
"""Characters that are examined. The search for repetitions takes quadratic time."""


class OwnWordsValidator:
    """Refuse passwords made of the names of user and office, or of one part that is repeated.

    Own words are those with at least four characters in username, name, NIP and e-mail address of the user;
    in name, unit code, city and government of the office; and `rembuk`. After removing own words and
    repetitions, `min_length` characters must remain. Of `petugas3petugas3` none remain for the user
    `petugas3`, and 8 for other users.
    """

    def __init__(self, min_length: int = 9) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: User | None = None) -> None:
        rest = password.casefold()[:MAX_LENGTH]
        for word in sorted(self._words(user), key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(REPEATED.sub(r"\1", rest)) < self.min_length:
            raise ValidationError(
                _(
                    "Kata sandi ini mudah ditebak karena memuat nama Anda, nama kantor, atau bagian yang "
                    "diulang."
                ),
                code="password_own_words",
            )

    def get_help_text(self) -> str:
        return _("Kata sandi tidak boleh dibentuk dari nama Anda, nama kantor, atau bagian yang diulang.")

    def _words(self, user: User | None) -> set[str]:
        office = Office.load()
        texts = ["rembuk", office.name, office.unit_code, office.city, office.government]
        if user is not None:
            texts += [user.username, user.name, user.nip or "", user.email]
        return {
            part
            for word in WORD.findall(" ".join(texts).casefold())
            for part in (word, word.rstrip("0123456789"))
            if len(part) > 3
        }


class ListedValidator:
    """Refuse passwords that the file PASSWORD_LIST contains, e.g. those of known breaches.

    Each line starts with the SHA-1 of a password (40 capital hexadecimal digits). The lines are sorted, as in
    the download of Have I Been Pwned. No password leaves the server. Without a file, every password passes.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        if not settings.PASSWORD_LIST:
            return
        try:
            is_listed = _is_listed(password, Path(settings.PASSWORD_LIST))
        except OSError:  # the person can do nothing about it; `check --deploy` reports the file
            logger.exception("PASSWORD_LIST cannot be read")
            return
        if is_listed:
            raise ValidationError(
                _("Kata sandi ini pernah bocor dari situs lain. Pilih yang lain."), code="password_listed"
            )

    def get_help_text(self) -> str:
        return _("Kata sandi tidak boleh pernah bocor dari situs lain.")


def _is_listed(password: str, path: Path) -> bool:
    """Return whether the file lists the password (binary search). `low` is always the start of a line."""
    sought = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    low, high = 0, path.stat().st_size
    with path.open("rb") as lines:
        while low < high:
            middle = (low + high) // 2
            lines.seek(middle)
            if middle > low:
                lines.readline()  # the rest of a line
            start, digest = lines.tell(), lines.readline()[:40]
            if start < high and digest == sought:
                return True
            if start < high and digest < sought:
                low = lines.tell()
            else:
                high = middle
    return False


def is_address_taken(address: str, user: User) -> bool:
    """Return whether another account than `user` has the e-mail address, verified or not."""
    others = User.objects.filter(email__iexact=address).exclude(pk=user.pk)
    verified = EmailAddress.objects.filter(email__iexact=address).exclude(user_id=user.pk)
    return bool(address) and (others.exists() or verified.exists())


def is_nip_taken(nip: str, user: User) -> bool:
    """Return whether another account than `user` has the NIP, also a closed one."""
    return bool(nip) and User.objects.filter(nip=nip).exclude(pk=user.pk).exists()
