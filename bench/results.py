"""Keeps what was measured: each bench has a section of RESULTS.md, which only that bench rewrites."""

import re
from pathlib import Path

FILE = Path(__file__).resolve().parent / "RESULTS.md"


def keep(section: str) -> None:
    """Put a section (Markdown that begins with its `# Title`) in the place of the one of the same title."""
    title = section.splitlines()[0]
    kept = re.split(r"(?m)^(?=# )", FILE.read_text() if FILE.exists() else "")
    sections = [part for part in kept if part.strip()]
    titles = [part.splitlines()[0] for part in sections]
    if title in titles:
        sections[titles.index(title)] = section
    else:
        sections.append(section)
    FILE.write_text("\n".join(part.strip() + "\n" for part in sections))
