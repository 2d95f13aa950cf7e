"""What the machine must have for papers to look the same, byte for byte, everywhere."""

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
"""Gives the letters that the first lacks: Arabic, emoji."""

SUBSETTER = ("libharfbuzz-subset.so.0", "harfbuzz-subset")


def subsetter_is_there(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """WeasyPrint needs HarfBuzz-Subset: without it papers take twice as long and their bytes vary."""
    if library_found(*SUBSETTER):
        return []
    return [
        checks.Warning(
            "The library HarfBuzz-Subset is missing: the bytes of papers are not stable.",
            hint="Install it, on Debian: apt-get install libharfbuzz-subset0",
            id="reports.W001",
        )
    ]


def font_is_there(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Papers are set in Liberation Sans, which has the metrics of Arial; another font moves the lines."""
    packages = {FONT: "fonts-liberation", SECOND_FONT: "fonts-dejavu-core"}
    taken = {font: font_taken_for(font) for font in packages}
    return [
        checks.Warning(
            f"Papers would be set in “{taken[font]}” because the font “{font}” is missing.",
            hint=f"Install it, on Debian: apt-get install {package}",
            id="reports.W002",
        )
        for font, package in packages.items()
        if taken[font] not in (None, font)
    ]


def address_is_public(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """The QR code of a paper leads to PUBLIC_URL for as long as the paper exists (`check --deploy`)."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if host and host not in ("localhost", "127.0.0.1", "::1") and not host.startswith((".", "*")):
        return []
    return [
        checks.Warning(
            f"Papers would name “{settings.PUBLIC_URL}” as the address at which they are verified.",
            hint="Set PUBLIC_URL to the address of the site, e.g. https://konsultasi.example.go.id",
            id="reports.W010",
        )
    ]


def library_found(file: str, name: str) -> bool:
    """Whether the system's loader finds a shared library, by its Linux file name or its plain name."""
    try:
        ctypes.CDLL(file)
    except OSError:
        return ctypes.util.find_library(name) is not None
    return True


def font_taken_for(family: str) -> str | None:
    """The family that fontconfig takes where `family` is asked for; None where that cannot be found out."""
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
