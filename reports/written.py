"""A written report as it is read on the screen: part by part, with remarks, against the version before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from reports.comparison import Piece, ShownItem, as_it_is, compare, compare_items, is_changed
from reports.items import Item
from reports.models import Remark, Report
from reports.sections import KIND_OF_FIELD, PARTS, label_of


@dataclass(frozen=True)
class Section:
    """One section: a text, or the items of one kind. `is_changed` is None where nothing is compared.

    `remarks` were made on this version; `remark` is the form field for another one, on a reviewer's page.
    """

    name: str
    label: str
    text: list[Piece]
    items: list[ShownItem]
    remarks: list[Remark]
    is_changed: bool | None = None
    remark: Any = None

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.items)

    @property
    def says_nothing(self) -> bool:
        return self.is_empty and not (self.remarks or self.remark)


@dataclass(frozen=True)
class Part:
    """One of the parts A to E; one that `is_single` holds one section, whose heading is its own."""

    heading: str
    sections: list[Section]
    is_single: bool


def with_remarks(versions: QuerySet[Report]) -> QuerySet[Report]:
    """Versions of a report with who wrote them and the remarks on them."""
    remarks = Remark.objects.select_related("by").order_by("pk")
    return versions.select_related("by").prefetch_related(Prefetch("remarks", remarks))


def written(
    report: Report, before: Report | None = None, remark: Callable[[str], Any] = lambda name: None
) -> list[Part]:
    """The report part by part; compared with `before` where that is given.

    `remark` gives the form field for a remark on the section of a name. Without one, a section that says
    nothing is left out.
    """
    remarks = sorted(report.remarks.all(), key=lambda remark: remark.pk)

    def section(name: str) -> Section:
        text, items, changed = _content(name, report, before)
        made = [made for made in remarks if made.section == name]
        return Section(name, str(label_of(name)), text, items, made, changed, remark(name))

    parts = []
    for heading, names in PARTS:
        shown = [made for name in names if not (made := section(name)).says_nothing]
        if shown:
            parts.append(Part(str(heading), shown, is_single=len(names) == 1))
    return parts


def _content(
    name: str, report: Report, before: Report | None
) -> tuple[list[Piece], list[ShownItem], bool | None]:
    if kind := KIND_OF_FIELD.get(name):
        items = items_of(report, kind)
        if before is None:
            return [], [as_it_is(item) for item in items], None
        shown = compare_items(items_of(before, kind), items)
        return [], shown, any(item.change for item in shown)
    text: str = getattr(report, name)
    if before is None:
        return [Piece(text)] if text else [], [], None
    pieces = compare(getattr(before, name), text)
    return pieces, [], is_changed(pieces)


def items_of(report: Report, kind: Item.Kind) -> Sequence[Item]:
    """The items of one kind."""
    return dict(report.product).get(kind, [])
