"""publiccode.yml follows the standard (0.4) and names the version of the package."""

import tomllib
from pathlib import Path

import pytest
import yaml
from django.conf import settings

pytestmark = pytest.mark.same_on_every_database

ROOT = Path(settings.BASE_DIR)
REQUIRED = {
    "publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description",
    "legal", "maintenance", "localisation",
}  # fmt: skip


def test_the_required_keys_are_there_and_texts_have_the_allowed_length() -> None:
    described = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert described.keys() >= REQUIRED
    assert described["softwareVersion"] == project["version"]
    assert described["legal"]["license"] == project["license"]
    assert described["maintenance"]["contacts"]
    assert {*described["localisation"]["availableLanguages"]} == {code for code, _name in settings.LANGUAGES}
    for texts in described["description"].values():
        assert len(texts["shortDescription"]) <= 150
        assert 150 <= len(texts["longDescription"]) <= 10_000
        assert all(len(feature) <= 100 for feature in texts["features"])
