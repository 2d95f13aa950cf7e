"""Choices whose rows have more columns than value and label."""

from typing import Self

from django.db.models import TextChoices


class MarkedChoices(TextChoices):
    """Choices with marks, an `IntFlag`, and a slug: `NAME = "NAME", Mark.A | Mark.B, "slug", _("Label")`.

    Marks and slug may be left out. What the database or the code asks about a kind is a mark in its row, not
    a set beside the class.
    """

    marks: int
    slug: str

    def __new__(cls, value: str, marks: int = 0, slug: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_, member.marks, member.slug = value, marks, slug
        return member

    @classmethod
    def marked(cls, mark: int) -> tuple[Self, ...]:
        """Return the members with a mark."""
        return tuple(member for member in cls if member.marks & mark)
