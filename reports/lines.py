"""Texts that people write one item a line."""

import re

BULLET = re.compile(r"\A\s*(?:[-•*–]|\d{1,2}[.)]|[a-z][.)])\s+")
"""A mark or number that people type before an item; the paper numbers items itself."""


def items_of(text: str) -> list[str]:
    """The items of a text, one a line, without empty lines and typed numbers."""
    return [BULLET.sub("", line, count=1).strip() for line in text.splitlines() if line.strip()]
