"""Result of the last accessibility check, which the tests wrote (`bin/accessibility`)."""

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RESULT_FILE = Path(__file__).with_name("accessibility.json")


@dataclass(frozen=True)
class AccessibilityCheck:
    """One run of the checks: its day, whether all of them passed, and what they read.

    `checks` counts the tests by check: `axe`, `keyboard`, `html`. `routes` are the routes of the pages that
    axe read. `axe` is the version of axe-core.
    """

    checked_on: dt.date
    result: str
    axe: str
    checks: dict[str, int]
    routes: tuple[str, ...]

    @property
    def has_passed(self) -> bool:
        return self.result == "passed"


@cache
def get_last_check() -> AccessibilityCheck:
    """Return the stored result."""
    stored = json.loads(RESULT_FILE.read_text(encoding="utf-8"))
    day = dt.date.fromisoformat(stored.pop("checked_on"))
    return AccessibilityCheck(checked_on=day, routes=tuple(stored.pop("routes")), **stored)
