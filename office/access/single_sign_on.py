"""Login through the identity provider (OpenID Connect): the NIP in the ID token identifies the account."""

import logging
from typing import Any, NoReturn

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import (
    OpenIDConnectOAuth2Adapter,
    login as provider_login,
)
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from requests import RequestException, Session

from office.models import User

ALGORITHMS = frozenset({"RS256", "PS256", "ES256", "EdDSA"})
"""Algorithms with which a provider may sign ID tokens. All of them use its published key."""

logger = logging.getLogger(__name__)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Find the user by NIP at each login. Create no user, and store no link to the provider's account."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Set the user of the login. Redirect to the login page unless an active account has the NIP.

        Allauth compares the token's issuer with the provider's metadata only. It must also be the issuer in
        the settings (`server_url`).
        """
        provider, token = (
            sociallogin.provider.app.settings,
            sociallogin.account.extra_data.get("id_token", {}),
        )
        if token.get("iss", "").rstrip("/") != provider["server_url"]:
            token = {}
        nip = str(token.get(provider["nip_claim"], "")).replace(" ", "")
        user = User.objects.filter(nip=nip, is_active=True).first() if nip else None
        if user is None or sociallogin.state.get("process") != "login":
            logger.warning("OpenID Connect: no account for subject %s", sociallogin.account.uid)
            _refuse(request, _("Tidak ada akun Rembuk dengan NIP Anda. Hubungi administrator."))
        sociallogin.user = user

    def get_requests_session(self) -> Session:
        """Return a session that follows no redirect away from the provider's address in the settings."""
        session: Session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def on_authentication_error(self, request: HttpRequest, provider: object, **error: object) -> None:
        """Redirect to the login page instead of a page of allauth."""
        logger.warning("OpenID Connect: %s %s", error.get("error"), error.get("exception"))
        _refuse(request, _("Masuk tidak berhasil. Coba lagi."))


class SignedTokenAdapter(OpenIDConnectOAuth2Adapter):
    """Verify the signature of each ID token. Allauth does not for tokens that it fetched itself."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        self.did_fetch_access_token = False
        try:
            if jwt.get_unverified_header(id_token)["alg"] not in ALGORITHMS:
                raise OAuth2Error("signed with another algorithm")
            claims: dict[str, Any] = super()._decode_id_token(app, id_token)
        except (jwt.PyJWTError, KeyError) as error:
            raise OAuth2Error("no signed token") from error
        return claims


@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Start a login. Unlike allauth's view, refuse links from other sites and handle a provider's outage.

    `Sec-Fetch-Site` shows whether the user clicked on this site or typed the address.
    """
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return redirect("account_login")
    try:
        response: HttpResponseBase = provider_login(request, provider_id)
    except RequestException as error:
        logger.warning("OpenID Connect: %s", type(error).__name__)
        messages.error(request, _("Masuk tidak berhasil. Coba lagi."))
        return redirect("account_login")
    return response


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Handle the provider's redirect after the login, instead of allauth's view: verify the signature."""
    try:
        view = OAuth2CallbackView.adapter_view(SignedTokenAdapter(request, provider_id))
        response: HttpResponseBase = view(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    return response


def _refuse(request: HttpRequest, sentence: str) -> NoReturn:
    messages.error(request, sentence)
    raise ImmediateHttpResponse(redirect("account_login"))
