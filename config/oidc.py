"""Login through the identity provider of the government (OpenID Connect), for allauth."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import Env


def read_oidc(env: Env) -> tuple[dict[str, Any], bool]:
    """Return the providers for allauth, and whether staff may log in with a password.

    Raise ImproperlyConfigured if nobody could log in.
    """
    issuer = env.str("OIDC_ISSUER", default="").rstrip("/")
    has_passwords = env.bool("PASSWORD_LOGIN", default=True)
    if not issuer and not has_passwords:
        raise ImproperlyConfigured("PASSWORD_LOGIN=false needs OIDC_ISSUER, else nobody can log in.")
    app = {
        "provider_id": "kantor",
        "name": env.str("OIDC_NAME", default="akun pemerintah"),
        "client_id": env.str("OIDC_CLIENT_ID", default="rembuk"),
        "secret": env.str("OIDC_CLIENT_SECRET", default=""),
        # Rembuk reads the ID token only.
        "settings": {
            "server_url": issuer,
            "fetch_userinfo": False,
            "uid_field": "sub",
            "nip_claim": env.str("OIDC_NIP_CLAIM", default="nip"),
        },
    }
    return ({"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}} if issuer else {}), has_passwords
