"""What the environment must say for messages to go out (`manage.py check`)."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from notices.mailer import has_sender

NEEDED = ("WHATSAPP_TOKEN", "WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN")
SENDS_NOWHERE = ("console", "dummy", "locmem", "filebased")
OWN_MACHINE = ("localhost", "127.0.0.1", "::1")


def whatsapp_is_set_up(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """With WHATSAPP=cloud all that the service asks for is there, and the token goes over a safe line."""
    return list(_cloud()) if settings.WHATSAPP == "cloud" else []


def _cloud() -> Iterator[checks.CheckMessage]:
    missing = [name for name in NEEDED if not getattr(settings, name)]
    if missing:
        yield checks.Error(
            f"WHATSAPP=cloud, but {', '.join(missing)} is not set.",
            hint="Take the values from the app's WhatsApp page at the provider, or set WHATSAPP=click.",
            id="notices.E001",
        )
    address = urlsplit(settings.WHATSAPP_URL)
    if address.scheme not in ("http", "https") or not address.hostname:
        yield checks.Error("WHATSAPP_URL is no http(s) address.", id="notices.E002")
    elif address.scheme == "http" and address.hostname not in OWN_MACHINE:
        yield checks.Error("The token would go to WHATSAPP_URL unencrypted: use https.", id="notices.E003")


def mail_leaves_the_machine(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Mail names a sender, and in earnest it goes to a mail server."""
    return list(_mail())


def _mail() -> Iterator[checks.CheckMessage]:
    if not has_sender():
        yield checks.Error(
            "DEFAULT_FROM_EMAIL names no address, so no mail goes out.",
            hint='E.g. DEFAULT_FROM_EMAIL="Dinas Sosial <rembuk@example.go.id>"',
            id="notices.E005",
        )
    backend = settings.MAILERS["default"]["BACKEND"]
    if not settings.DEBUG and any(name in backend for name in SENDS_NOWHERE):
        yield checks.Warning(
            "No mail leaves this machine.",
            hint="Set EMAIL_URL, e.g. smtp+tls://name:password@mail.example.go.id:587",
            id="notices.W004",
        )
