"""What the environment must say for messages to go out (`manage.py check`)."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

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
    """In earnest mail goes to a mail server (`check --deploy`)."""
    backend = settings.MAILERS["default"]["BACKEND"]
    if not any(name in backend for name in SENDS_NOWHERE):
        return []
    return [
        checks.Warning(
            "Mail is written down on this machine and sent to nobody.",
            hint="Set EMAIL_URL, e.g. smtp+tls://name:password@mail.example.go.id:587",
            id="notices.W004",
        )
    ]
