"""System checks of the seals' settings."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from notices.mail import is_address
from reports.documents.signing import SigningFailed

MIN_BITS = {"rsa": 3072, "dsa": 3072, "ec": 256}
"""Sizes of keys with 128 bits of security (NIST SP 800-57 part 1, table 2), by the names of asn1crypto."""


def check_seals(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Check that the key file exists and that the addresses are valid."""
    return list(_list_messages())


def check_seal_key(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn in production if the key of the seals has less than 128 bits of security (ASVS 11.2.3)."""
    if not Path(settings.SEAL_PKCS12 or "?").is_file():
        return []
    from reports.documents.signing.pkcs12 import open_key_file  # pyHanko takes half a second and 15 MB

    try:
        signer = open_key_file(settings.SEAL_PASSPHRASE, path=settings.SEAL_PKCS12)
    except SigningFailed as error:
        return [checks.Error(f"SEAL_PKCS12 cannot be used: {error}", id="ledger.E004")]
    key = signer.signing_cert.public_key  # type: ignore[union-attr]  # a file without one is refused
    if key.algorithm not in MIN_BITS or key.bit_size >= MIN_BITS[key.algorithm]:
        return []
    return [
        checks.Warning(
            f"The key of SEAL_PKCS12 has {key.bit_size} bits ({key.algorithm}).",
            hint="Ask for a certificate with RSA of 3072 bits or an elliptic curve of 256.",
            id="ledger.W003",
        )
    ]


def _list_messages() -> Iterator[checks.CheckMessage]:
    if settings.SEAL_PKCS12 and not Path(settings.SEAL_PKCS12).is_file():
        yield checks.Error("SEAL_PKCS12 names no file.", id="ledger.E001")
    for address in settings.SEAL_RECIPIENTS:
        if not is_address(address):
            yield checks.Error(f"SEAL_RECIPIENTS holds {address!r}, which is no address.", id="ledger.E002")
