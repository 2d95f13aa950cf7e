"""System checks of the keys that encrypt secrets (`manage.py check`)."""

from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core import checks


def check_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Report entries of ENCRYPTION_KEYS that are no Fernet keys. The entry itself is not shown."""
    return [
        checks.Error(
            f"Entry {number} of ENCRYPTION_KEYS is not a key.",
            hint="Create one as docs/secrets.md says.",
            id="office.E001",
        )
        for number, key in enumerate(settings.ENCRYPTION_KEYS, start=1)
        if not _is_key(key)
    ]


def check_key_of_its_own(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn in production if the key follows from SECRET_KEY, which changes for other reasons."""
    if settings.ENCRYPTION_KEYS:
        return []
    return [
        checks.Warning(
            "ENCRYPTION_KEYS is not set. Hidden identities, secret links and second factors are encrypted "
            "with a key that follows from SECRET_KEY: without it they cannot be read any more.",
            hint="Create a key, restart, and run rotate_encryption (docs/secrets.md).",
            id="office.W001",
        )
    ]


def _is_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True
