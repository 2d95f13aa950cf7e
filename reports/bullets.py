"""Texts with one item per line."""

import re

BULLET = re.compile(r"\A\s*(?:[-•*–]|\d{1,2}[.)]|[a-z][.)])\s+")
"""A mark or number before an item. It is removed because the document numbers the items."""


def split_bullets(text: str) -> list[str]:
    """Return the items of a text, one per line, without empty lines and typed marks."""
    return [BULLET.sub("", line, count=1).strip() for line in text.splitlines() if line.strip()]
