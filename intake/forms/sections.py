"""Sections of a long form, each with an anchor and with its optional fields folded away."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField


@dataclass(frozen=True)
class Section:
    """A section of a form: anchor, title, names of its fields and of those folded away."""

    anchor: str
    title: Promise
    fields: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True)
class BoundSection:
    """A section with the fields of one form. `is_open`: a folded field has a value or an error."""

    section: Section
    fields: list["BoundField"]
    optional: list["BoundField"]
    is_open: bool
