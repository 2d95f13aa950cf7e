"""Command that writes the pages of settings: the environment variables that the code reads, as tables.

Names and defaults come from the code, sections and explanations from contrib/rembuk.env (Indonesian) and
contrib/rembuk.en.env (English). The two files differ in their comments only.
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
SOURCES = (*sorted((ROOT / "config").glob("*.py")), ROOT / "gunicorn.conf.py")
INDONESIAN, ENGLISH = ROOT / "contrib" / "rembuk.env", ROOT / "contrib" / "rembuk.en.env"

LINE = re.compile(r"#?([A-Z][A-Z0-9_]*)=")
"""A setting, also one that is not set."""

FACT = re.compile(r"\w+://[\w.:/@-]*\w|\b[A-Z][A-Z0-9_]{3,}\b|\b\d+\b|(?<= )/[\w./]+\w")
"""A part of an explanation that no language changes: an address, the name of a setting, a number, a path."""

ENGLISH_HEAD = """# Settings

<!-- Written by `manage.py settings_doc`. Change contrib/rembuk.en.env or the code instead. -->

Every environment variable that Rembuk reads.
The file to fill in is [`contrib/rembuk.env`](../contrib/rembuk.env); in English,
[`contrib/rembuk.en.env`](../contrib/rembuk.en.env).
"""

INDONESIAN_HEAD = """# Pengaturan server

<!-- Ditulis oleh `manage.py settings_doc`. Ubahlah contrib/rembuk.env atau kodenya. -->

Semua pengaturan yang dibaca Rembuk dari berkas `/etc/rembuk/rembuk.env`. Kop surat, jam, dan jabatan tidak
diatur di sini, melainkan di *Pengaturan kantor*.

1. Ubah `/etc/rembuk/rembuk.env`: satu baris `NAMA=nilai`, tanpa tanda kutip. Rahasia ditulis sebagai berkas:
   [rahasia.md](rahasia.md).
2. `rembuk check` menyebut pengaturan yang tidak cocok satu sama lain; `rembuk check --deploy` juga menyebut
   yang tidak aman. Pemasangan baru mendapat dua peringatan: `notices.W004` sampai ada server surel, dan
   `office.W002` sampai ada `PASSWORD_LIST`.
3. `systemctl restart rembuk.target`. Tidak ada data yang hilang.

Yang diisi setiap kantor: `ALLOWED_HOSTS`, `PUBLIC_URL`, `EMAIL_URL`, `DEFAULT_FROM_EMAIL`, dan
`SEAL_RECIPIENTS`. Yang lain boleh tetap seperti adanya.
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
        elif variable := LINE.match(line):
            yield section, variable[1], " ".join(lines)
        lines = [*lines, line[2:]] if line.startswith("# ") else []


def list_pages() -> dict[Path, str]:
    """Return the text of each page. Raise CommandError if code and environment files do not fit together."""
    indonesian, english = (file.read_text("utf-8") for file in (INDONESIAN, ENGLISH))
    for one, other in zip(_list_facts(indonesian), _list_facts(english), strict=False):
        if one != other:
            raise CommandError(f"{INDONESIAN.name} says {one}, {ENGLISH.name} says {other}")
    return {
        ROOT / "docs" / "settings.md": ENGLISH_HEAD + document(english, "Variable", "Default", "Meaning"),
        ROOT / "docs" / "panduan" / "pengaturan-server.md": INDONESIAN_HEAD
        + document(indonesian, "Nama", "Nilai bawaan", "Arti"),
    }


def _list_facts(text: str) -> list[tuple[str, list[str]]]:
    """Return each setting of an environment file as it is written, with the facts of its explanation."""
    settings = [line for line in text.splitlines() if LINE.match(line)]
    facts = [sorted(set(FACT.findall(meaning))) for _section, _name, meaning in list_explanations(text)]
    return [*zip(settings, facts, strict=True), ("the end", [])]


def document(text: str, *columns: str) -> str:
    """Return the tables of an environment file. Raise CommandError if the code reads other variables."""
    variables = list_variables()
    explained = list(list_explanations(text))
    if differing := set(variables) ^ {name for _section, name, meaning in explained if meaning}:
        raise CommandError(f"In the code or explained, not both: {sorted(differing)}")
    page, section = [], ""
    for part, name, meaning in explained:
        if part != section:
            page.append(f"\n## {part}\n\n| {' | '.join(columns)} |\n|---|---|---|\n")
            section = part
        default = f"`{variables[name]}`" if variables[name] else ""
        page.append(f"| `{name}` | {default} | {meaning.replace('|', chr(92) + '|')} |\n")
    return "".join(page)


class Command(BaseCommand):
    help = "Writes docs/settings.md and its Indonesian page; --check fails if one is stale."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        for page, text in list_pages().items():
            if not check:
                page.write_text(text, "utf-8")
            elif not page.exists() or page.read_text("utf-8") != text:
                raise CommandError(f"{page.relative_to(ROOT)} is stale. Run manage.py settings_doc.")
