"""System checks of the seals' settings."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from notices.mail_config import is_address


def check_seals(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Check that the key file exists and that the addresses are valid."""
    return list(_list_messages())


def _list_messages() -> Iterator[checks.CheckMessage]:
    if settings.SEAL_PKCS12 and not Path(settings.SEAL_PKCS12).is_file():
        yield checks.Error("SEAL_PKCS12 names no file.", id="ledger.E001")
    for address in settings.SEAL_RECIPIENTS:
        if not is_address(address):
            yield checks.Error(f"SEAL_RECIPIENTS holds {address!r}, which is no address.", id="ledger.E002")
