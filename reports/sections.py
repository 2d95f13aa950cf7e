"""Names, headings and order of the sections of a report."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.items import Item
from reports.models import Report

FIELD_OF: dict[Item.Kind, str] = {
    Item.Kind.ADVICE: "advice",
    Item.Kind.SUGGESTION: "suggestions",
    Item.Kind.CONSIDERATION: "considerations",
    Item.Kind.SOLUTION: "solutions",
    Item.Kind.RECOMMENDATION: "recommendations",
}
KIND_OF_FIELD = {name: kind for kind, name in FIELD_OF.items()}
PRODUCT = tuple(KIND_OF_FIELD)
"""Fields for items. Together they are the product of the published standard."""

PARTS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (_("A. Pendahuluan"), ("general", "purpose", "scope", "basis")),
    (_("B. Kegiatan yang dilaksanakan"), ("activities",)),
    (_("C. Hasil yang dicapai"), ("results",)),
    (_("D. Simpulan dan saran"), ("conclusion", *PRODUCT)),
    (_("E. Penutup"), ("closing",)),
)
"""Parts of the report: heading and sections. A section is a text of `Report` or a kind of item."""

OUTCOME = frozenset({"results", *PRODUCT})
"""Sections with the outcome of the consultation."""

SECTIONS = tuple(name for _heading, names in PARTS for name in names)
TEXTS = tuple(name for name in SECTIONS if name not in PRODUCT)


def label_of(name: str) -> Any:
    """Return the translatable label of a section."""
    if kind := KIND_OF_FIELD.get(name):
        return kind.label
    column: Any = Report._meta.get_field(name)
    return column.verbose_name
