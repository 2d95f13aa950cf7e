"""Template filters of texts that the office enters."""

from django import template

register = template.Library()


@register.filter
def lines(text: str) -> list[str]:
    """Return the lines of a text without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]
