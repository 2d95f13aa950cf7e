"""Choices: rows with more columns than value and label, and labels without hashing all choices."""

from typing import Any, Self

from django.db.models import Field, Model, TextChoices


def get_display(instance: Model, field: Field[Any, Any]) -> str:
    """Return the label of a field with choices, or an empty string. Use it as `_get_FIELD_display`."""
    own = getattr(instance, field.attname)
    return str(next((label for value, label in field.flatchoices if value == own), own or ""))


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
