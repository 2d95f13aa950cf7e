"""Stores results in RESULTS.md, one section for each benchmark."""

import re
from pathlib import Path

FILE = Path(__file__).resolve().parent / "RESULTS.md"


def store_section(section: str) -> None:
    """Replace the section of the same title, or append it. Its first line is `# Title`."""
    title = section.splitlines()[0]
    parts = re.split(r"(?m)^(?=# )", FILE.read_text() if FILE.exists() else "")
    sections = [part for part in parts if part.strip()]
    titles = [part.splitlines()[0] for part in sections]
    if title in titles:
        sections[titles.index(title)] = section
    else:
        sections.append(section)
    FILE.write_text("\n".join(part.strip() + "\n" for part in sections))
