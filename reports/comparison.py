"""What changed between two texts, word by word, and between two lists of items."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reports.items import Item

type Change = Literal["", "added", "removed", "changed"]

WORD = re.compile(r"\S+\s*")
LINE = re.compile(r"[^\n]*\n*")
MOST_CHARACTERS = 60_000
"""Beyond this (both texts together) lines are compared, not words."""

SAME_ITEM = 0.5
"""The share of common words from which on an item counts as the older one, rewritten."""


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed, was added or was removed."""

    text: str
    change: Change = ""


@dataclass(frozen=True)
class ShownItem:
    """An item beside its older version; `detail` says who does it by when."""

    text: list[Piece]
    detail: list[Piece]
    change: Change = ""


def compare(before: str, after: str) -> list[Piece]:
    """What was added and removed. The pieces that were not removed make up `after`.

    Words are compared without the space between them. difflib takes no word as a beginning that fills more
    than a hundredth of a long text (`autojunk`): that bounds its work. The worst that was found for two
    texts of 20,000 characters is a fifth of a second.
    """
    if before == after:
        return [Piece(after)] if after else []
    unit = WORD if len(before) + len(after) <= MOST_CHARACTERS else LINE
    old, new = unit.findall(before), unit.findall(after)
    start = re.match(r"\s*", after)
    pieces = [Piece(start[0])] if start and start[0] and unit is WORD else []
    for tag, i1, i2, j1, j2 in _matched([word.rstrip() for word in old], [word.rstrip() for word in new]):
        if tag == "equal":
            pieces.append(Piece("".join(new[j1:j2])))
            continue
        if i2 > i1:
            pieces.append(Piece(_apart(pieces, "".join(old[i1:i2]), is_last=j1 == len(new)), "removed"))
        if j2 > j1:
            pieces.append(Piece("".join(new[j1:j2]), "added"))
    return pieces


def _apart(pieces: Sequence[Piece], removed: str, *, is_last: bool) -> str:
    """Removed words with a space before and after, where the text that stayed has none for them."""
    before = " " if pieces and pieces[-1].text[-1:].strip() else ""
    after = " " if not is_last and removed[-1:].strip() else ""
    return before + removed + after


def _matched(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, old, new).get_opcodes()


def is_changed(pieces: Sequence[Piece]) -> bool:
    return any(piece.change for piece in pieces)


def compare_items(before: Sequence[Item], after: Sequence[Item]) -> list[ShownItem]:
    """The items of one kind in their new order, with those that were removed where they stood."""
    shown: list[ShownItem] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            shown += [as_it_is(item) for item in after[j1:j2]]
        else:
            shown += _rewritten(before[i1:i2], after[j1:j2])
    return shown


def as_it_is(item: Item, change: Change = "") -> ShownItem:
    """An item alone, or one that was added or removed as a whole."""
    detail = detail_of(item)
    return ShownItem([Piece(item.text, change)], [Piece(detail, change)] if detail else [], change)


def _rewritten(before: Sequence[Item], after: Sequence[Item]) -> Iterator[ShownItem]:
    """Each new item against the first of the older ones it resembles; the others came or went."""
    older = list(before)
    for item in after:
        place = next((i for i, old in enumerate(older) if _alike(old.text, item.text)), None)
        if place is None:
            yield as_it_is(item, "added")
            continue
        yield from (as_it_is(gone, "removed") for gone in older[:place])
        text = compare(older[place].text, item.text)
        detail = compare(detail_of(older[place]), detail_of(item))
        yield ShownItem(text, detail, "changed" if is_changed([*text, *detail]) else "")
        del older[: place + 1]
    yield from (as_it_is(gone, "removed") for gone in older)


def _alike(old: str, new: str) -> bool:
    ours, theirs = Counter(old.split()), Counter(new.split())
    return 2 * (ours & theirs).total() >= SAME_ITEM * (ours.total() + theirs.total())


def detail_of(item: Item) -> str:
    """Who is responsible for an item and by when it is due, as one line; empty where it names neither."""
    parts = []
    if item.responsible:
        parts.append(_("Penanggung jawab: %(who)s") % {"who": item.responsible})
    if item.due:
        parts.append(_("Paling lambat: %(day)s") % {"day": date_format(item.due, "DATE_FORMAT")})
    return " · ".join(parts)
