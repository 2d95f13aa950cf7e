"""Writes docs/licences.md from the software bill of materials (bin/sbom.py)."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
HEAD = """\
# Licences

Rembuk itself is under the [MIT licence](../LICENSE), which is also part of the wheel. The wheel contains no
code of others: the libraries below are installed beside it. Each brings its own licence text in its folder
`*.dist-info`. Names and licences are those that the packages declare. The binary wheel of pi-heif also
contains libheif and libde265 (LGPL-3.0). `bin/licences` writes this page.

| Library | Version | Licence |
|---|---|---|
"""


def get_licence(component: dict[str, Any]) -> str:
    """Return the licences of a component of the bill of materials."""
    found = [
        entry.get("expression") or entry["license"].get("id") or entry["license"]["name"]
        for entry in component["licenses"]
    ]
    return ", ".join(found)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rembuk.cdx.json"
        subprocess.run([sys.executable, ROOT / "bin" / "sbom.py", file], check=True)  # noqa: S603
        components = json.loads(file.read_text(encoding="utf-8"))["components"]
    components.sort(key=lambda component: component["name"])
    rows = [f"| {found['name']} | {found['version']} | {get_licence(found)} |\n" for found in components]
    PAGE.write_text(HEAD + "".join(rows), encoding="utf-8")


main()
