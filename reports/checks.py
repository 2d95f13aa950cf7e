"""System checks for fonts, libraries and settings that documents depend on."""

import ctypes
import ctypes.util
import shutil
import subprocess
from collections.abc import Sequence
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
            id="reports.W001",
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
            id="reports.W002",
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
            id="reports.W010",
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
