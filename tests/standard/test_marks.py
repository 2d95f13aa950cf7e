"""Tests of one database carry the mark `only_on`, which also selects them for the run on PostgreSQL."""

import re
from pathlib import Path

import pytest

from tests.standard.house import ROOT

pytestmark = pytest.mark.same_on_every_database

SKIP_BY_VENDOR = re.compile(r"skipif\([^\n]*\.vendor|\.vendor[^\n]*:\n\s*(pytest\.)?skip\(")


def test_no_test_skips_by_vendor_in_another_way() -> None:
    """Skipped on SQLite and not selected for PostgreSQL, a test would be in no run."""
    modules = {*(ROOT / "tests").rglob("*.py")} - {Path(__file__)}
    found = [str(path) for path in modules if SKIP_BY_VENDOR.search(path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        'if connection.vendor == "sqlite":\n    pytest.skip("has no roles")',
        '@pytest.mark.skipif(connection.vendor != "postgresql", reason="has no roles")',
    ],
)
def test_a_skip_by_vendor_is_found(text: str) -> None:
    assert SKIP_BY_VENDOR.search(text)
