"""Login through the identity provider (OpenID Connect): the NIP in the ID token names the account."""

import logging
from typing import NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from office.models import User

logger = logging.getLogger(__name__)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Find the account by NIP at each login. No account is created, and none is linked to the provider's."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Set the user of the login. Redirect to the login page unless one active account has the NIP."""
        claim = sociallogin.provider.app.settings["nip_claim"]
        nip = str(sociallogin.account.extra_data.get("id_token", {}).get(claim, "")).replace(" ", "")
        found = list(User.objects.filter(nip=nip, is_active=True)[:2]) if nip else []
        if len(found) != 1 or sociallogin.state.get("process") != "login":
            logger.warning("OpenID Connect: %s accounts for subject %s", len(found), sociallogin.account.uid)
            _refuse(
                request,
                _("Tidak ada akun Rembuk dengan NIP Anda, atau ada lebih dari satu. Hubungi administrator."),
            )
        sociallogin.user = found[0]

    def on_authentication_error(self, request: HttpRequest, provider: object, **error: object) -> None:
        """Redirect to the login page instead of a page of allauth."""
        logger.warning("OpenID Connect: %s %s", error.get("error"), error.get("exception"))
        _refuse(request, _("Masuk tidak berhasil. Coba lagi."))


def _refuse(request: HttpRequest, sentence: str) -> NoReturn:
    messages.error(request, sentence)
    raise ImmediateHttpResponse(redirect("account_login"))
