"""The parts of a longer form, each with its anchor, and with what may be told besides folded away."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField


@dataclass(frozen=True)
class Section:
    """A part of a form: the anchor that leads to it, what is asked, and what may be told besides."""

    anchor: str
    title: Promise
    fields: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A section of one form, with its fields; `is_open`: something stands in what may be told besides."""

    section: Section
    fields: list["BoundField"]
    optional: list["BoundField"]
    is_open: bool
