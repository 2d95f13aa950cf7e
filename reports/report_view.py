"""A report as its pages show it: parts and sections with remarks, compared with the version before.

Without a field for remarks all is values: equal reports are rendered once (tag `part`).
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from django.db.models import Prefetch, QuerySet
from django.forms.boundfield import BoundField
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultations.models import Case
from reports.models import Remark, Report
from reports.models.report import KIND_OF_FIELD, OUTCOME, PARTS, Item, label_of

type Change = Literal["", "added", "removed", "changed"]

WORD = re.compile(r"\S+\s*")
SAME_ITEM = 0.5
"""A new item with this share of common words counts as a rewritten old one."""


@dataclass(frozen=True)
class Piece:
    """A run of text that is unchanged (""), added or removed."""

    text: str
    change: Change = ""


@dataclass(frozen=True)
class ComparedItem:
    """An item compared with its older version. `detail` names the responsible person and the due date."""

    text: tuple[Piece, ...]
    detail: tuple[Piece, ...]
    change: Change = ""


def compare(before: str, after: str) -> list[Piece]:
    """Compare two texts by words, ignoring white space. All pieces except removed ones make up `after`.

    difflib skips very frequent words of a long text as anchors (`autojunk`), which limits its work: two
    texts of 20,000 characters take at most 0.2 s.
    """
    if before == after:
        return [Piece(after)] if after else []
    old, new = WORD.findall(before), WORD.findall(after)
    indent = after[: len(after) - len(after.lstrip())]
    pieces = [Piece(indent)] if indent else []
    matcher = SequenceMatcher(None, [word.rstrip() for word in old], [word.rstrip() for word in new])
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("".join(new[j1:j2])))
            continue
        if i2 > i1:
            removed = "".join(old[i1:i2])
            # Add the spaces that the unchanged text does not have around the removed words.
            if pieces and pieces[-1].text[-1:].strip():
                removed = f" {removed}"
            if j1 < len(new) and removed[-1:].strip():
                removed = f"{removed} "
            pieces.append(Piece(removed, "removed"))
        if j2 > j1:
            pieces.append(Piece("".join(new[j1:j2]), "added"))
    return pieces


def has_changes(pieces: Sequence[Piece]) -> bool:
    return any(piece.change for piece in pieces)


def compare_items(before: Sequence[Item], after: Sequence[Item]) -> list[ComparedItem]:
    """Compare the items of one kind, in their new order. Removed items keep their old place."""
    compared: list[ComparedItem] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            compared += [whole_item(item) for item in after[j1:j2]]
        else:
            compared += _match_rewritten(before[i1:i2], after[j1:j2])
    return compared


def whole_item(item: Item, change: Change = "") -> ComparedItem:
    """Return an item that is unchanged, added or removed as a whole."""
    detail = describe_detail(item)
    return ComparedItem((Piece(item.text, change),), (Piece(detail, change),) if detail else (), change)


def _match_rewritten(before: Sequence[Item], after: Sequence[Item]) -> Iterator[ComparedItem]:
    """Compare each new item with the first similar old one. The others were added or removed."""
    older = list(before)
    for item in after:
        index = next((i for i, old in enumerate(older) if _is_similar(old.text, item.text)), None)
        if index is None:
            yield whole_item(item, "added")
            continue
        yield from (whole_item(removed, "removed") for removed in older[:index])
        text = (*compare(older[index].text, item.text),)
        detail = (*compare(describe_detail(older[index]), describe_detail(item)),)
        yield ComparedItem(text, detail, "changed" if has_changes([*text, *detail]) else "")
        del older[: index + 1]
    yield from (whole_item(removed, "removed") for removed in older)


def _is_similar(old: str, new: str) -> bool:
    old_words, new_words = Counter(old.split()), Counter(new.split())
    return 2 * (old_words & new_words).total() >= SAME_ITEM * (old_words.total() + new_words.total())


def describe_detail(item: Item) -> str:
    """Return responsible person and due date of an item as one line, or "" without both."""
    parts = []
    if item.responsible:
        parts.append(_("Penanggung jawab: %(who)s") % {"who": item.responsible})
    if item.due:
        parts.append(_("Paling lambat: %(day)s") % {"day": date_format(item.due, "DATE_FORMAT")})
    return " · ".join(parts)


class RemarkView(NamedTuple):
    """A remark of a reviewer on a section."""

    text: str
    by: str
    title: str
    at: dt.datetime


@dataclass(frozen=True)
class SectionView:
    """One section: a text, or the items of one kind. `is_changed` is None without an older version.

    `remarks` belong to this version. `remark_field` is the form field for a new one.
    """

    name: str
    label: str
    text: tuple[Piece, ...]
    items: tuple[ComparedItem, ...]
    is_changed: bool | None
    remarks: tuple[RemarkView, ...]
    remark_field: BoundField | None

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.items)

    @property
    def is_shown(self) -> bool:
        return bool(not self.is_empty or self.remarks or self.remark_field)


@dataclass(frozen=True)
class PartView:
    """One of the parts A to E. A part that `is_single` has one section and no heading for it.

    `is_outcome`: the results and the advice, which a reviewer reads first.
    """

    heading: str
    sections: tuple[SectionView, ...]
    is_single: bool
    is_outcome: bool


def list_parts(
    report: Report,
    before: Report | None = None,
    remark_field: Callable[[str], BoundField | None] = lambda name: None,
    *,
    remarks: Iterable[Remark] | None = None,
) -> list[PartView]:
    """Return the parts of a report, compared with the version `before` if there is one.

    `remark_field` returns the form field for a remark on a section. Sections without text, remarks and
    field are left out. `remarks` are those of the report, if they are known.
    """
    known = sorted(report.remarks.all() if remarks is None else remarks, key=lambda remark: remark.pk)

    def section(name: str) -> SectionView:
        text, items, is_changed = _compare_section(name, report, before)
        own = (RemarkView(r.text, str(r.by), r.title, r.at) for r in known if r.section == name)
        label = str(label_of(name))
        return SectionView(name, label, (*text,), (*items,), is_changed, (*own,), remark_field(name))

    parts = [
        PartView(
            str(heading),
            tuple(view for name in names if (view := section(name)).is_shown),
            is_single=len(names) == 1,
            is_outcome=not OUTCOME.isdisjoint(names),
        )
        for heading, names in PARTS
    ]
    return [part for part in parts if part.sections]


def _compare_section(
    name: str, report: Report, before: Report | None
) -> tuple[list[Piece], list[ComparedItem], bool | None]:
    if kind := KIND_OF_FIELD.get(name):
        items = report.list_items(kind)
        if before is None:
            return [], [whole_item(item) for item in items], None
        compared = compare_items(before.list_items(kind), items)
        return [], compared, any(item.change for item in compared)
    text: str = getattr(report, name)
    if before is None:
        return [Piece(text)] if text else [], [], None
    pieces = compare(getattr(before, name), text)
    return pieces, [], has_changes(pieces)


def list_versions(case: Case) -> QuerySet[Report]:
    """Return the versions of a case's report, newest first, with authors and remarks."""
    remarks = Remark.objects.select_related("by").order_by("pk")
    versions = case.reports.order_by("-version").select_related("by")
    return versions.prefetch_related(Prefetch("remarks", remarks))


def get_accepted_report(case: Case) -> Report | None:
    """Return the report that was accepted last; it stays valid while it is corrected. One query if closed."""
    if case.first_closed_at is None:
        return None
    return Report.objects.filter(case=case, accepted_at__isnull=False).order_by("-version").first()
