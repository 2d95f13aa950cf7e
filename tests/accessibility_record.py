"""Pytest plugin that stores the result of the accessibility tests for the page `/aksesibilitas/`.

Load it with `-p tests.accessibility_record`. `bin/accessibility` runs the tests with it.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

CHECKS = {
    "axe": ("tests/browser/test_accessibility.py", "tests/browser/test_accessibility_asides.py"),
    "keyboard": ("tests/browser/test_keyboard.py",),
    "html": ("tests/pages/test_valid_html.py",),
}
"""The test files of each check."""

_passed: Counter[str] = Counter()
_failed: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        _failed.append(report.nodeid)
    elif report.when == "call" and report.passed:
        _passed[report.nodeid.partition("::")[0]] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the file. The result is `passed` only if each check ran and none failed."""
    from desk.views.public import RESULT_FILE  # pytest loads this file before Django is set up
    from kit import clock
    from tests.browser.accessibility import ROUTES, VERSIONS

    checks = {name: sum(_passed[file] for file in files) for name, files in CHECKS.items()}
    result = {
        "checked_on": clock.today().isoformat(),
        "result": "passed" if all(checks.values()) and not _failed else "failed",
        "axe": next(iter(VERSIONS), ""),
        "checks": checks,
        "routes": sorted(ROUTES),
    }
    Path(RESULT_FILE).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
