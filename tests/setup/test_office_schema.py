"""The JSON schema of the office file is that of the code; the sample office follows it and can be set up."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation
from jsonschema import Draft202012Validator

from operations.setup.office_file import NAMES, describe_office_file, export_office
from operations.setup.views import Level, get_checklist
from tests.setup.test_office_file import WHOLE, division, person, position
from tests.shared_data import each

DOCS = Path(settings.BASE_DIR) / "docs"
FILE, SAMPLE = DOCS / "schema" / "kantor-1.schema.json", DOCS / "contoh-kantor.json"
HEAD = {"format": "rembuk-office", "version": 1}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads(FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def test_the_schema_is_written_from_the_code(db: None, tmp_path: Path) -> None:
    """If this fails: `manage.py export_office --schema docs/schema/kantor-1.schema.json`."""
    call_command("export_office", str(tmp_path / "x.json"), schema=True)
    assert (tmp_path / "x.json").read_text(encoding="utf-8") == FILE.read_text(encoding="utf-8")
    with translation.override("en"):
        assert describe_office_file()["$id"] == "urn:rembuk:kantor:1"


def test_exported_and_documented_files_follow_the_schema(db: None, validator: Draft202012Validator) -> None:
    call_command("setup_office", verbosity=0)
    validator.validate(export_office())
    validator.validate(HEAD | WHOLE)
    page = (DOCS / "office-file.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"(?s)```json\n(.*?)```", page)
    validator.validate(json.loads(example))


@each(
    "parts",
    [
        {"sampah": []},
        {"version": 2},
        {"divisions": [{"name": "Sosial"}]},
        {"office": {"name": "x" * 151}},
        {"closed_days": [{"day": "besok", "reason": "x"}]},
        {"hours": [{"weekday": 0, "opens": "pagi"}]},
        division(is_active="ya"),
        division(name=None),
        position(role="RAJA"),
        person(password="y"),
        person(appointments=[{"position": "a"}]),
    ],
)
def test_the_schema_refuses_what_the_import_refuses(parts: Any, validator: Draft202012Validator) -> None:
    assert not validator.is_valid({**HEAD, **parts})


def test_the_sample_office_is_stored_as_it_is_written(db: None, validator: Draft202012Validator) -> None:
    """Its checklist lacks nothing. It warns that coat of arms, passwords and a test mail are missing."""
    sample = json.loads(SAMPLE.read_text(encoding="utf-8"))
    validator.validate(sample)
    assert set(sample) >= {"format", "version", *NAMES} - {"complaint_targets", "retention"}
    call_command("setup_office", str(SAMPLE), verbosity=0)
    assert lacks(name_positions(export_office()), name_positions(sample)) == []
    levels = {check.name: check.level for check in get_checklist()}
    assert {name for name, level in levels.items() if level != Level.READY} == {
        "identity",
        "accounts",
        "mail",
    }
    assert Level.MISSING not in levels.values()


def name_positions(data: Any) -> Any:
    """Return an office file with the titles of positions for their ids."""
    titles = {row["id"]: row["title"] for row in data["positions"]}

    def rename(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: rename(one) for key, one in value.items()}
        if isinstance(value, list):
            return [rename(one) for one in value]
        return titles.get(value, value) if isinstance(value, str) else value

    return rename(data)


def lacks(stored: Any, written: Any) -> list[Any]:
    """Return what a stored file lacks of a written one. Rows may have another order and more fields."""
    if isinstance(written, dict):
        found = [(key, lacks(stored.get(key), value)) for key, value in written.items()]
        return [(key, missing) for key, missing in found if missing]
    if isinstance(written, list):
        return [row for row in written if all(lacks(other, row) for other in stored or [])]
    return [] if stored == written else [written]
