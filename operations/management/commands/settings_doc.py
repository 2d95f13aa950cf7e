"""Command that writes docs/settings.md: the environment variables that the code reads, as a table.

Names and defaults come from the code, sections and explanations from contrib/rembuk.env.
"""

import ast
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

ROOT = Path(settings.BASE_DIR)
FILE = ROOT / "docs" / "settings.md"
ENVIRONMENT = ROOT / "contrib" / "rembuk.env"
SOURCES = (*sorted((ROOT / "config").glob("*.py")), ROOT / "gunicorn.conf.py")

HEAD = """# Settings

<!-- Written by `manage.py settings_doc`. Change contrib/rembuk.env or the code instead. -->

Every environment variable that Rembuk reads.
The file to fill in is [`contrib/rembuk.env`](../contrib/rembuk.env).
"""


def list_variables() -> dict[str, str]:
    """Return the default of each variable that the code reads, empty if it is computed."""
    return dict(pair for source in SOURCES for pair in _list_reads(source.read_text("utf-8")))


def _list_reads(code: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or not re.match(
            r"(env\.|os\.environ\.get$)", ast.unparse(node.func)
        ):
            continue
        name, *defaults = [*node.args, *(word.value for word in node.keywords if word.arg == "default")]
        if isinstance(name, ast.Constant) and str(name.value).isupper():
            default = next((d.value for d in defaults if isinstance(d, ast.Constant)), "")
            yield str(name.value), str(default).lower() if isinstance(default, bool) else str(default)


def list_explanations(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield section, name and explanation of each variable of an environment file."""
    section, lines = "", list[str]()
    for line in text.splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif variable := re.match(r"#?([A-Z][A-Z0-9_]*)=", line):
            yield section, variable[1], " ".join(lines)
        lines = [*lines, line[2:]] if line.startswith("# ") else []


def document() -> str:
    """Return the page. Raise CommandError if code and environment file name different variables."""
    variables = list_variables()
    explained = list(list_explanations(ENVIRONMENT.read_text("utf-8")))
    if differing := set(variables) ^ {name for _section, name, text in explained if text}:
        raise CommandError(f"In the code or explained in {ENVIRONMENT.name}, not both: {sorted(differing)}")
    page, section = [HEAD], ""
    for part, name, text in explained:
        if part != section:
            page.append(f"\n## {part}\n\n| Variable | Default | Meaning |\n|---|---|---|\n")
            section = part
        default = f"`{variables[name]}`" if variables[name] else ""
        page.append(f"| `{name}` | {default} | {text.replace('|', chr(92) + '|')} |\n")
    return "".join(page)


class Command(BaseCommand):
    help = "Writes docs/settings.md from the code and contrib/rembuk.env; --check fails if it is stale."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        text = document()
        if not check:
            FILE.write_text(text, "utf-8")
        elif not FILE.exists() or FILE.read_text("utf-8") != text:
            raise CommandError("docs/settings.md is stale. Run manage.py settings_doc.")
