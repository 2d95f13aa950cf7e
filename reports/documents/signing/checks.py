"""System checks of the signing settings."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

OWN_MACHINE = ("localhost", "127.0.0.1", "::1")


def check_signing(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Check that files exist, URLs are complete and passphrases are sent encrypted."""
    needs = {"pkcs12": _pkcs12, "bsre": _bsre}.get(settings.SIGNER)
    return list(needs()) if needs else []


def _pkcs12() -> Iterator[checks.CheckMessage]:
    if not Path(settings.SIGNER_PKCS12 or "?").is_file():
        yield checks.Error(
            "SIGNER=pkcs12, but SIGNER_PKCS12 names no file.",
            hint="Set it to the path of the office's .p12 or .pfx file.",
            id="reports.E003",
        )
    if settings.SIGNER_TIMESTAMP_URL and not settings.SIGNER_TRUST_ROOTS:
        yield checks.Error(
            "SIGNER_TIMESTAMP_URL is set, but SIGNER_TRUST_ROOTS is not.",
            hint="Set it to a PEM file with the root certificates of the office's certificate and of the "
            "time-stamp authority.",
            id="reports.E004",
        )
    yield from _roots()


def _bsre() -> Iterator[checks.CheckMessage]:
    address = urlsplit(settings.BSRE_URL)
    if address.scheme not in ("http", "https") or not address.hostname:
        yield checks.Error(
            "SIGNER=bsre, but BSRE_URL is no http(s) address.",
            hint="Set it to the address of the agency's Esign Client Service.",
            id="reports.E005",
        )
    elif address.scheme == "http" and address.hostname not in OWN_MACHINE:
        yield checks.Warning(
            "Passphrases go to BSRE_URL unencrypted.",
            hint="Use https, or a tunnel that ends on this machine.",
            id="reports.W006",
        )
    if not settings.SIGNER_TRUST_ROOTS:
        yield checks.Warning(
            "Any certificate with which the service signs is taken for one of BSrE.",
            hint="Set SIGNER_TRUST_ROOTS to a PEM file with the root certificates of BSrE.",
            id="reports.W008",
        )
    yield from _roots()
    if not (settings.BSRE_USERNAME and settings.BSRE_PASSWORD) or ":" in settings.BSRE_USERNAME:
        yield checks.Error(
            "SIGNER=bsre, but BSRE_USERNAME or BSRE_PASSWORD is empty, or the name holds a colon.",
            hint="Set them to the account that the agency gave this application.",
            id="reports.E007",
        )


def _roots() -> Iterator[checks.CheckMessage]:
    if settings.SIGNER_TRUST_ROOTS and not Path(settings.SIGNER_TRUST_ROOTS).is_file():
        yield checks.Error("SIGNER_TRUST_ROOTS names no file.", id="reports.E009")
