"""The software bill of materials names what is installed, in a valid file."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from bench.web_server import ROOT

pytestmark = pytest.mark.same_on_every_database


@pytest.mark.release
def test_the_bill_of_materials_is_valid_and_names_each_pinned_library(tmp_path: Path) -> None:
    file = tmp_path / "rembuk.cdx.json"
    subprocess.run([sys.executable, "-W", "error", ROOT / "bin" / "sbom.py", file], check=True)  # noqa: S603
    text = file.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None

    pinned = (ROOT / "requirements-machines.txt").read_text(encoding="utf-8")
    elsewhere = {"brotlicffi", "colorama"}  # PyPy, Windows
    libraries = {found["name"]: found for found in json.loads(text)["components"]}
    assert libraries.keys() == {*re.findall(r"(?m)^([\w.-]+)==", pinned)} - elsewhere
    for library in libraries.values():
        assert all(f"sha256:{found['content']}" in pinned for found in library["hashes"])
        assert library["hashes"]
        assert library["licenses"]

    needs = {found["ref"]: found.get("dependsOn", []) for found in json.loads(text)["dependencies"]}
    assert {"django", "django-storages", "redis"} <= {*needs["rembuk"]}
    assert "sqlparse" in needs["django"]
    reached = {"rembuk"}
    while wider := {name for ref in reached for name in needs[ref]} - reached:
        reached |= wider
    assert reached == {*libraries, "rembuk"}  # nothing is installed that nobody needs


def test_the_page_of_licences_names_each_pinned_library() -> None:
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    pinned = (ROOT / "requirements-machines.txt").read_text(encoding="utf-8")
    listed = {*re.findall(r"(?m)^\| ([\w.-]+) \| ([^ ]+) \| .+ \|$", page)} - {("Library", "Version")}
    elsewhere = {"brotlicffi", "colorama"}  # PyPy, Windows
    versions = dict(re.findall(r"(?m)^([\w.-]+)==([^ ;]+)", pinned))
    assert dict(listed) == {name: version for name, version in versions.items() if name not in elsewhere}
