"""Text that is read before a decision: a long one is folded after its first part."""

import re

SHOWN = 700
"""Characters of a long text that are shown before the fold, at most."""

BREAK = re.compile(r"\n\s*\n|(?<=[.?!])\s")


def split_text(text: str) -> tuple[str, str]:
    """Return the shown and the folded part of a text, split between paragraphs or sentences."""
    if len(text) <= SHOWN + SHOWN // 2:
        return text, ""
    cut = max((found.start() for found in BREAK.finditer(text, SHOWN // 3, SHOWN)), default=SHOWN)
    return text[:cut].rstrip(), text[cut:].lstrip()
