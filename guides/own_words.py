"""The office's own words in the guides.

The files are written with the words of the published standard, so that they also read well outside of the
application. Here the office's words take their places (ADR 42).
"""

import re

from django.utils.translation import override

from office.words import get_words

WORDS = {
    "Kepala Dinas": "head",
    "Kepala Bidang": "division_head",
    "Tim PKD": "agenda_team",
    "Sekretariat": "secretariat",
    "Sekretaris": "secretary",
    "Bidang": "division_name",
    "bidang": "division",
    "desa": "village",
}
"""Names of the office's words by the words of the files. The longest come first."""

PATTERN = re.compile(rf"\b({'|'.join(WORDS)})(?=\b|nya\b)")

type OwnWords = tuple[tuple[str, str], ...]
"""What takes the place of each word of the files."""


def list_own_words() -> OwnWords:
    with override("id"):
        own = get_words()
    return tuple((text, getattr(own, name)) for text, name in WORDS.items())


def put_in(text: str, own_words: OwnWords) -> str:
    """Return a text of the files with the office's words."""
    own = dict(own_words)
    return PATTERN.sub(lambda found: own.get(found[1], found[1]), text)
