"""Build step of the wheel: compiles the translations, which are no part of the repository."""

from pathlib import Path
from typing import Any

import polib
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileTexts(BuildHookInterface):
    """Write a .mo file beside each catalogue."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for catalogue in Path(self.root, "locale").rglob("*.po"):
            # Write to another name first, so that a running server never reads half a file.
            new = catalogue.with_suffix(".new.mo")
            polib.pofile(str(catalogue)).save_as_mofile(str(new))
            new.replace(catalogue.with_suffix(".mo"))
