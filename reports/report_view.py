"""A report prepared for the screen: parts and sections with remarks, compared with the version before.

Without a field for remarks all is values: equal reports are rendered once (tag `part`).
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.forms.boundfield import BoundField

from reports.comparison import ComparedItem, Piece, compare, compare_items, has_changes, whole_item
from reports.models import Remark, Report
from reports.sections import KIND_OF_FIELD, OUTCOME, PARTS, label_of


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
