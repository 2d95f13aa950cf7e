"""System checks that warn if documents would look different."""

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from reports import checks

pytestmark = pytest.mark.same_on_every_database


def test_this_machine_has_what_documents_need() -> None:
    assert run_checks(tags=["documents"]) == []


def test_a_missing_library_gives_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.has_library("libc.so.6", "c")
    assert not checks.has_library("libnot-there.so.0", "not-there")
    monkeypatch.setattr(checks, "SUBSETTER", ("libnot-there.so.0", "not-there"))
    (warning,) = checks.check_subsetter(None)
    assert warning.id == "reports.W001"


def test_another_font_gives_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "FONT", "No Such Font")
    (warning,) = checks.check_fonts(None)
    assert warning.id == "reports.W002"
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


def test_an_unreachable_public_url_gives_a_warning(settings: Any, subtests: pytest.Subtests) -> None:
    for address, warns in (
        ("https://konsultasi.example.go.id", False),
        ("http://localhost", True),
        ("http://127.0.0.1:8000", True),
        ("https://.example.go.id", True),
        ("https://*", True),
        ("", True),
    ):
        with subtests.test(address=address, warns=warns):
            settings.PUBLIC_URL = address
            found = [check.id for check in run_checks(tags=["documents"], include_deployment_checks=True)]
            assert ("reports.W010" in found) is warns
