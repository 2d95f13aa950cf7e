"""Invitations (undangan): a person sets the own password through a link, so nobody else knows it.

Accounts without a password can be invited: new ones, and those whose password two people have reset
(`changes.py`). A link is valid for INVITATION_DAYS, until it is used, or until the next invitation. It is not
stored: its key is computed from the account and SECRET_KEY.
"""

import datetime as dt
import re
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kit import clock
from kit.urls import get_public_url
from office import rights
from office.models import User
from office.signals import invitation_accepted, invited

TOKEN = re.compile(r"([1-9]\d{0,9})-([0-9a-f]{40})", re.ASCII)
"""Key of the account, and 160 bits that only the server can compute."""


@dataclass(frozen=True)
class Invitation:
    """An invitation: the invited user, the URL of its page, and when it expires."""

    user: User
    url: str
    expires_at: dt.datetime


def list_without_password() -> QuerySet[User]:
    """Return the active users without a password; none if staff log in through an identity provider only."""
    users = User.objects.filter(is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return users.order_by("name", "pk") if settings.PASSWORD_LOGIN else users.none()


def invite(user: User, *, by: User) -> Invitation:
    """Invite a user. Earlier invitations of this user become invalid.

    Raise PermissionDenied if `by` may not change access, or if the account is closed or has a password, whose
    reset needs two people.
    """
    with transaction.atomic():
        locked = list_without_password().select_for_update(no_key=True).filter(pk=user.pk).first()
        if locked is None or not rights.CHANGE_ACCESS.is_held_by(by):
            raise PermissionDenied
        locked.invited_at = clock.now()
        locked.save(update_fields=["invited_at"])
        invited.send(User, user=locked, by=by)
    return Invitation(locked, get_public_url("invitation", _make_token(locked)), get_expiry(locked))


def find_invited(token: str) -> User | None:
    """Return the user whom the token invites, or None if the token is not valid."""
    match = TOKEN.fullmatch(token)
    user = list_without_password().filter(pk=match[1], invited_at__isnull=False).first() if match else None
    # An invitation outlives a change of SECRET_KEY, while the old key is a fallback.
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if user is None or not any(constant_time_compare(_make_token(user, key), token) for key in keys):
        return None
    return user if clock.now() < get_expiry(user) else None


def accept(token: str, password: str) -> User | None:
    """Set the password of the invited person. Return None if the invitation is not valid any more."""
    with transaction.atomic():
        found = find_invited(token)
        if found is None:
            return None
        user = User.objects.select_for_update(no_key=True).get(pk=found.pk)
        if find_invited(token) is None:  # used by somebody else meanwhile
            return None
        user.set_password(password)
        user.invited_at = None
        user.save(update_fields=["password", "invited_at"])
        invitation_accepted.send(User, user=user)
    return user


def get_expiry(user: User) -> dt.datetime:
    """Return when the latest invitation of a user expires; a moment in the past if there is none."""
    return (user.invited_at or dt.datetime.min.replace(tzinfo=dt.UTC)) + dt.timedelta(
        days=settings.INVITATION_DAYS
    )


def _make_token(user: User, key: str | None = None) -> str:
    # An unusable password is random, so each reset gives another token.
    value = f"{user.pk} {user.password} {user.invited_at and user.invited_at.timestamp()}"
    found = salted_hmac("office.access.invitations", value, secret=key, algorithm="sha256")
    return f"{user.pk}-{found.hexdigest()[:40]}"


class OwnPasswordForm(SetPasswordForm):
    """Django's form for a new password, in the words of the other pages."""

    new_password1, new_password2 = SetPasswordForm.create_password_fields(
        _("Kata sandi baru"), _("Ulangi kata sandi baru")
    )
    new_password1.help_text = _(
        "Paling sedikit 12 huruf atau angka, misalnya empat kata yang tidak berhubungan. Jangan memakai nama "
        "Anda, nama kantor, atau kata sandi dari situs lain."
    )
    new_password2.help_text = ""


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show and handle the form for the own password. Answer 404 if the invitation is not valid (any more)."""
    response = _answer(request, token)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    user = find_invited(token)
    if user is None:
        return render(request, "office/invitation_gone.html", status=404)
    expires_at = get_expiry(user)
    form = OwnPasswordForm(user, request.POST or None)
    if form.is_valid():
        if accept(token, form.cleaned_data["new_password1"]) is None:
            return render(request, "office/invitation_gone.html", status=404)
        # Tell the account's owner: somebody else may have used a printed invitation.
        get_adapter(request).send_notification_mail("account/email/password_set", user)
        messages.success(
            request,
            _("Kata sandi tersimpan. Masuk dengan nama akun %(username)s.") % {"username": user.username},
        )
        return redirect("account_login")
    context = {"form": form, "person": user, "expires_at": expires_at}
    return render(request, "office/invitation.html", context, status=422 if form.errors else 200)
