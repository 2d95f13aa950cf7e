"""A practice office (PRACTICE=true): a second installation for trying Rembuk. It sends nothing."""

from collections.abc import Callable

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from environ import Env

SHARED = ("DATABASE_URL", "REPLICA_URL", "STORAGE_URL", "CACHE_URL")
"""Variables that could name what belongs to the real office. A practice office has all in REMBUK_DATA."""

OUTGOING = (
    *("EMAIL_URL", "WHATSAPP", "SIGNER", "SIGNER_TIMESTAMP_URL", "BSRE_URL", "SENTRY_DSN", "OIDC_ISSUER"),
    *("SEAL_PKCS12", "SEAL_PASSPHRASE", "SEAL_RECIPIENTS"),
)
"""Variables that name where something is sent. A practice office ignores them."""


def read_practice(env: Env) -> bool:
    """Return whether this is a practice office, and remove OUTGOING from its environment.

    Raise ImproperlyConfigured if it would share something with another installation.
    """
    if not env.bool("PRACTICE", default=False):
        return False
    if found := [name for name in SHARED if env.ENVIRON.get(name)]:
        raise ImproperlyConfigured(
            f"PRACTICE=true, but {', '.join(found)} is set. A practice office has its database and its files "
            "in a REMBUK_DATA of its own."
        )
    if not env.ENVIRON.get("REMBUK_DATA"):
        raise ImproperlyConfigured("PRACTICE=true needs a REMBUK_DATA of its own.")
    for name in OUTGOING:
        env.ENVIRON.pop(name, None)
    return True


def hidden_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Ask search engines not to list any page of a practice office."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return middleware
