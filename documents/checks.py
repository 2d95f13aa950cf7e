"""System checks for fonts, libraries and settings that documents and their signatures depend on."""

import ctypes
import ctypes.util
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

FONT = "Liberation Sans"
SECOND_FONT = "DejaVu Sans"
"""Font for letters that the first lacks: Arabic, emoji."""

SUBSETTER = ("libharfbuzz-subset.so.0", "harfbuzz-subset")


def check_subsetter(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn if HarfBuzz-Subset is missing: without it documents take twice as long and their bytes vary."""
    if has_library(*SUBSETTER):
        return []
    return [
        checks.Warning(
            "The library HarfBuzz-Subset is missing: the bytes of documents are not stable.",
            hint="Install it, on Debian: apt-get install libharfbuzz-subset0",
            id="documents.W001",
        )
    ]


def check_fonts(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn if a font is missing. Another font than Liberation Sans breaks lines at other places."""
    packages = {FONT: "fonts-liberation", SECOND_FONT: "fonts-dejavu-core"}
    found = {font: match_font(font) for font in packages}
    return [
        checks.Warning(
            f"Documents would be set in “{found[font]}” because the font “{font}” is missing.",
            hint=f"Install it, on Debian: apt-get install {package}",
            id="documents.W002",
        )
        for font, package in packages.items()
        if found[font] not in (None, font)
    ]


def check_public_url(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn in `check --deploy` if PUBLIC_URL is not public: QR codes on documents lead there."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if host and host not in ("localhost", "127.0.0.1", "::1") and not host.startswith((".", "*")):
        return []
    return [
        checks.Warning(
            f"Documents would name “{settings.PUBLIC_URL}” as the address at which they are verified.",
            hint="Set PUBLIC_URL to the address of the site, e.g. https://konsultasi.example.go.id",
            id="documents.W010",
        )
    ]


def has_library(file: str, name: str) -> bool:
    """Return whether a shared library is found, by its Linux file name or its plain name."""
    try:
        ctypes.CDLL(file)
    except OSError:
        return ctypes.util.find_library(name) is not None
    return True


def match_font(family: str) -> str | None:
    """Return the family that fontconfig chooses for `family`, or None if that is unknown."""
    command = shutil.which("fc-match")
    if command is None:
        return None
    try:
        found = subprocess.run(  # noqa: S603 -- a fixed command, no input of a user
            [command, "--format=%{family[0]}", family], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip() or None


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
            id="documents.E003",
        )
    if settings.SIGNER_TIMESTAMP_URL and not settings.SIGNER_TRUST_ROOTS:
        yield checks.Error(
            "SIGNER_TIMESTAMP_URL is set, but SIGNER_TRUST_ROOTS is not.",
            hint="Set it to a PEM file with the root certificates of the office's certificate and of the "
            "time-stamp authority.",
            id="documents.E004",
        )
    yield from _roots()


def _bsre() -> Iterator[checks.CheckMessage]:
    address = urlsplit(settings.BSRE_URL)
    if address.scheme not in ("http", "https") or not address.hostname:
        yield checks.Error(
            "SIGNER=bsre, but BSRE_URL is no http(s) address.",
            hint="Set it to the address of the agency's Esign Client Service.",
            id="documents.E005",
        )
    elif address.scheme == "http" and address.hostname not in OWN_MACHINE:
        yield checks.Warning(
            "Passphrases go to BSRE_URL unencrypted.",
            hint="Use https, or a tunnel that ends on this machine.",
            id="documents.W006",
        )
    if not settings.SIGNER_TRUST_ROOTS:
        yield checks.Warning(
            "Any certificate with which the service signs is taken for one of BSrE.",
            hint="Set SIGNER_TRUST_ROOTS to a PEM file with the root certificates of BSrE.",
            id="documents.W008",
        )
    yield from _roots()
    if not (settings.BSRE_USERNAME and settings.BSRE_PASSWORD) or ":" in settings.BSRE_USERNAME:
        yield checks.Error(
            "SIGNER=bsre, but BSRE_USERNAME or BSRE_PASSWORD is empty, or the name holds a colon.",
            hint="Set them to the account that the agency gave this application.",
            id="documents.E007",
        )


def _roots() -> Iterator[checks.CheckMessage]:
    if settings.SIGNER_TRUST_ROOTS and not Path(settings.SIGNER_TRUST_ROOTS).is_file():
        yield checks.Error("SIGNER_TRUST_ROOTS names no file.", id="documents.E009")
