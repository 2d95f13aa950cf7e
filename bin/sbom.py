"""Writes a software bill of materials: what bin/install server installs beside Rembuk itself.

Names, versions and hashes are those of requirements-machines.txt. Licences and relations are declared by the
installed packages. Usage: .venv/bin/python bin/sbom.py FILE
"""

import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PINNED = ROOT / "requirements-machines.txt"


def list_libraries() -> dict[str, Component]:
    """Return the pinned libraries by name, without those for other systems."""
    libraries = {}
    for block in re.split(r"\n(?=\S)", PINNED.read_text(encoding="utf-8")):
        pinned = Requirement(block.partition("\n")[0].rstrip(" \\"))
        if pinned.marker is None or pinned.marker.evaluate():
            version = next(iter(pinned.specifier)).version
            hashes = re.findall(r"--hash=sha256:(\w+)", block)
            libraries[pinned.name] = Component(
                name=pinned.name,
                version=version,
                purl=PackageURL("pypi", name=pinned.name, version=version),
                bom_ref=pinned.name,
                licenses=[get_licence(pinned.name)],
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=found) for found in hashes],
            )
    return libraries


def get_licence(name: str) -> License:
    """Return the licence that a package declares: an expression of SPDX, else a line, else a classifier."""
    declared = distribution(name).metadata
    lines = [
        text for text in declared.get_all("License", []) if "\n" not in text
    ]  # others are whole licences
    classified = [text for text in declared.get_all("Classifier", []) if text.startswith("License :: ")]
    texts = [*declared.get_all("License-Expression", []), *lines, *classified]
    return LicenseFactory().make_from_string(texts[0].rpartition(" :: ")[2])


def list_needs(requirements: Iterable[str], libraries: dict[str, Component]) -> list[Component]:
    """Return the libraries that a package requires; those of an extra too if they are pinned."""
    names = {canonicalize_name(Requirement(text).name) for text in requirements}
    return [libraries[name] for name in sorted(names & libraries.keys())]


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    libraries = list_libraries()
    bom = Bom(components=libraries.values())
    bom.metadata.component = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        bom_ref=project["name"],
        licenses=[LicenseFactory().make_from_string(project["license"])],
    )
    extras = [text for texts in project["optional-dependencies"].values() for text in texts]
    bom.register_dependency(
        bom.metadata.component, list_needs([*project["dependencies"], *extras], libraries)
    )
    for name, library in libraries.items():
        bom.register_dependency(library, list_needs(distribution(name).requires or [], libraries))
    file = Path(sys.argv[1])
    file.parent.mkdir(parents=True, exist_ok=True)
    JsonV1Dot6(bom).output_to_file(str(file), allow_overwrite=True, indent=1)


main()
