"""Command line and result of a benchmark: the option `--write`, conditions, tables, RESULTS.md."""

import argparse
import datetime as dt
import os
import platform
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

FILE = Path(__file__).resolve().parent / "RESULTS.md"


def create_parser(name: str, doc: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"bench/{name}", description=doc)
    parser.add_argument("--write", action="store_true", help="store the result in bench/RESULTS.md")
    return parser


def conditions(command: str, *versions: str) -> str:
    """Return a sentence about the circumstances. Call it before the measurement: it names the load then."""
    found = ", ".join([f"Python {platform.python_version()}", *versions])
    return (
        f"Made by `bench/{command} --write`. {dt.date.today():%d %B %Y}; {found}; {os.cpu_count()} cores, "
        f"{platform.machine()}; load average at the start {os.getloadavg()[0]:.1f}."
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table of Markdown. All columns but the first are numbers."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "".join(f"| {' | '.join(map(str, cells))} |\n" for cells in lines)


def publish(text: str, *, write: bool) -> None:
    """Print a section, and store it instead of the one with the same title. Its first line is `# Title`."""
    print(text)
    if not write:
        return
    parts = re.split(r"(?m)^(?=# )", FILE.read_text() if FILE.exists() else "")
    sections = {part.splitlines()[0]: part for part in [*parts, text] if part.strip()}
    FILE.write_text("\n".join(part.strip() + "\n" for part in sections.values()))
