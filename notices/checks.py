"""System checks of the settings for e-mail and WhatsApp (`manage.py check`)."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from notices.mail_config import has_sender

REQUIRED = ("WHATSAPP_TOKEN", "WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN")
LOCAL_BACKENDS = ("console", "dummy", "locmem", "filebased")
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


def check_whatsapp(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Check that WHATSAPP=cloud has all its settings and that the token is sent encrypted."""
    return list(_whatsapp_problems()) if settings.WHATSAPP == "cloud" else []


def _whatsapp_problems() -> Iterator[checks.CheckMessage]:
    missing = [name for name in REQUIRED if not getattr(settings, name)]
    if missing:
        yield checks.Error(
            f"WHATSAPP=cloud, but {', '.join(missing)} is not set.",
            hint="Take the values from the app's WhatsApp page at the provider, or set WHATSAPP=click.",
            id="notices.E001",
        )
    address = urlsplit(settings.WHATSAPP_URL)
    if address.scheme not in ("http", "https") or not address.hostname:
        yield checks.Error("WHATSAPP_URL is no http(s) address.", id="notices.E002")
    elif address.scheme == "http" and address.hostname not in LOCAL_HOSTS:
        yield checks.Error("The token would go to WHATSAPP_URL unencrypted: use https.", id="notices.E003")


def check_mail(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Check that mail has a sender and, in production, a mail server."""
    return list(_mail_problems())


def _mail_problems() -> Iterator[checks.CheckMessage]:
    if not has_sender():
        yield checks.Error(
            "DEFAULT_FROM_EMAIL names no address, so no mail goes out.",
            hint='E.g. DEFAULT_FROM_EMAIL="Dinas Sosial <rembuk@example.go.id>"',
            id="notices.E005",
        )
    backend = settings.MAILERS["default"]["BACKEND"]
    if not (settings.DEBUG or settings.PRACTICE) and any(name in backend for name in LOCAL_BACKENDS):
        yield checks.Warning(
            "No mail leaves this machine.",
            hint="Set EMAIL_URL, e.g. smtp+tls://name:password@mail.example.go.id:587",
            id="notices.W004",
        )
