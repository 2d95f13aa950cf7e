"""Choices whose rows have more columns than value and label: marks and a slug."""

from typing import Self

from django.db.models import TextChoices


class MarkedChoices(TextChoices):
    """`NAME = "NAME", Mark.A | Mark.B, "slug", _("Label")`. Marks are an `IntFlag`; both may be left out."""

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
