"""Search in the guides: sections that contain all words, in any of their forms."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from guides.catalogue import Guide
from guides.markdown import Section

MOST_FOUND = 20
MOST_WORDS = 8
BEFORE, AFTER = 60, 160
"""Characters shown before and after the first word that is found."""

QUESTION_WORDS = {"apa", "bagaimana", "cara", "dan", "di", "saya", "untuk", "yang", "how", "to"}
SAME = {"email": "surel", "password": "sandi", "wa": "whatsapp"}
"""Words of the Indonesian guides, by other words that people type for them."""

AFFIXES = re.compile(r"^(?:meng|meny|mem|men|me|di)?(.{4,}?)(?:kan)?$")
"""Affixes of Indonesian verbs. The rest is part of all forms: "olak" of "menolak", "tolak" and "ditolak"."""


@dataclass(frozen=True)
class Found:
    """A section that contains the words, and the text around the first of them."""

    guide: Guide
    section: Section
    excerpt: str


def find(guides: Iterable[Guide], typed: str) -> list[Found]:
    """Return at most MOST_FOUND sections.

    Those with all words in their heading come first, those without a heading last.
    """
    typed_words = [word for word in typed.casefold().split()[:MOST_WORDS] if word not in QUESTION_WORDS]
    if not typed_words:
        return []
    indonesian = [AFFIXES.sub(r"\1", SAME.get(word, word)) for word in typed_words]
    found = []
    for guide in guides:
        words = indonesian if guide.language == "id" else typed_words
        for section in guide.text.sections:
            if _contains(f"{section.title} {section.words}", words):
                rank = (not _contains(section.title, words), not section.title)
                found.append((rank, Found(guide, section, _excerpt(section.words, words))))
    return [hit for _rank, hit in sorted(found, key=lambda pair: pair[0])][:MOST_FOUND]


def _contains(text: str, words: list[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)


def _excerpt(text: str, words: list[str]) -> str:
    folded = text.casefold()
    places = [place for word in words if (place := folded.find(word)) >= 0]
    start = max(min(places, default=0) - BEFORE, 0)
    start = text.find(" ", start) + 1 if start else 0
    end = start + BEFORE + AFTER
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"
