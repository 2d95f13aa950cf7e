"""docs/asvs.md: no requirement of levels 1 and 2 is missing, and all tests and files that it names exist."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from operations.management.commands import settings_doc

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"(?m)^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE)

NAMED = re.compile(r"`([\w./-]+/[\w./-]+|[\w-]+\.(?:md|toml|txt))(?:::(\w+)|:([^`]+))?`")
"""A file, alone or with the name of a test, or of something else in it."""

SECTIONS = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2  2.1:3 2.2:3 2.3:4 2.4:1  3.2:2 3.3:4 3.4:6 3.5:5 3.7:2
4.1:3 4.2:1 4.3:2 4.4:4
5.1:1 5.2:3 5.3:2 5.4:3  6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4  7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2
8.1:2 8.2:3 8.3:1 8.4:1  9.1:3 9.2:4  10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3
11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1  12.1:3 12.2:2 12.3:4  13.1:1 13.2:5 13.3:2 13.4:5
14.1:2 14.2:4 14.3:3  15.1:3 15.2:3 15.3:7  16.1:1 16.2:5 16.3:4 16.4:3 16.5:3  17.1:1 17.2:4 17.3:2
"""
"""Requirements of levels 1 and 2 in each section of ASVS 5.0.0; those of level 3 come last in it."""

pytestmark = pytest.mark.same_on_every_database


def test_each_requirement_has_one_line() -> None:
    sections = [entry.split(":") for entry in SECTIONS.split()]
    expected = [f"{name}.{number}" for name, last in sections for number in range(1, int(last) + 1)]
    assert [number for number, *_rest in ROWS] == expected
    assert len(expected) == 253


def test_each_line_has_a_status_and_what_it_rests_on() -> None:
    statuses = Counter(status for _number, _requirement, status, _by in ROWS)
    assert statuses.keys() == {"met", "n/a", "accepted", "open"}
    resting = [
        number
        for number, _text, status, by in ROWS
        if status == "met" and not any(test or name for _path, test, name in NAMED.findall(by))
    ]
    assert resting == [], "a file alone does not say what to read"


def test_what_the_lines_name_exists() -> None:
    named = NAMED.findall("".join(by for *_row, by in ROWS))
    assert len(named) > 200
    assert [found for found in named if not exists(*found)] == []


def exists(path: str, test: str, name: str) -> bool:
    """Return whether the file is there, and in it the test or what else is named.

    In Python this is a function, a class or a value; in Markdown a heading; elsewhere a text.
    """
    text = (ROOT / path).read_text(encoding="utf-8")
    if test:
        return f"\ndef {test}(" in text
    if path.endswith(".py") and name:
        name = re.escape(name)
        return bool(re.search(rf"(?m)\b(def|class) {name}\b|^\s*\"?{name}\"?(: [^=]+)?( =|: )", text))
    if path.endswith(".md") and name:
        return re.search(rf"(?m)^#+ {re.escape(name)}", text) is not None
    return name in text


@pytest.mark.parametrize(
    "named",
    [
        ("kit/limits.py", "", "consumed"),
        ("kit/limits.py", "", "LIFETIMES"),
        ("docs/secrets.md", "", "Cryptography not in use"),
        ("contrib/nginx.conf", "", "ssl_protocols TLSv1.1"),
        ("tests/standard/test_asvs.py", "test_that_was_renamed", ""),
    ],
)
def test_what_is_gone_would_be_noticed(named: tuple[str, str, str]) -> None:
    assert not exists(*named)


ADDRESS = re.compile(r"_(URL|DSN|ISSUER|REPOSITORY|NETWORKS)$|^WITNESS")
OWN = {"PUBLIC_URL", "PRACTICE_URL"}
"""Addresses of Rembuk itself."""


def test_each_address_of_the_settings_is_a_known_connection() -> None:
    """Add a new setting to the table, with what leaves."""
    names = {name for name in settings_doc.list_variables() if ADDRESS.search(name)} - OWN
    assert names >= {"DATABASE_URL", "BSRE_URL", "SENTRY_DSN", "OIDC_ISSUER", "WEBHOOK_NETWORKS"}
    table = PAGE.partition("## Connections")[2]
    assert {name for name in names if f"`{name}`" not in table} == set()
