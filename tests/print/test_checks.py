"""System checks that warn if documents would look different."""

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from documents import checks

pytestmark = pytest.mark.same_on_every_database


def test_a_missing_library_or_font_gives_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_checks(tags=["documents"]) == [], "this machine has what documents need"
    assert checks.has_library("libc.so.6", "c")
    assert not checks.has_library("libnot-there.so.0", "not-there")
    monkeypatch.setattr(checks, "SUBSETTER", ("libnot-there.so.0", "not-there"))
    (warning,) = checks.check_subsetter(None)
    assert warning.id == "documents.W001"
    monkeypatch.setattr(checks, "FONT", "No Such Font")
    (warning,) = checks.check_fonts(None)
    assert warning.id == "documents.W002"
    assert "No Such Font" in warning.msg


@pytest.mark.parametrize("command", [None, "exit 1"])
def test_without_fontconfig_there_is_no_warning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str | None
) -> None:
    if command:
        (tmp_path / "fc-match").write_text(f"#!/bin/sh\n{command}\n")
        (tmp_path / "fc-match").chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert checks.match_font("Liberation Sans") is None
    assert checks.check_fonts(None) == []


def test_an_unreachable_public_url_gives_a_warning(settings: Any) -> None:
    unreachable = ("http://localhost", "http://127.0.0.1:8000", "https://.example.go.id", "https://*", "")
    for settings.PUBLIC_URL in ("https://konsultasi.example.go.id", *unreachable):
        found = [check.id for check in run_checks(tags=["documents"], include_deployment_checks=True)]
        assert ("documents.W010" in found) is (settings.PUBLIC_URL in unreachable), settings.PUBLIC_URL
