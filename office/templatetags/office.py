"""Template tags and filters: texts, people, practice office. Templates of documents use them too."""

from django import template
from django.conf import settings

from kit.place import is_shown_as_copy
from office.models.codes import list_codes

register = template.Library()


@register.filter
def lines(text: str) -> list[str]:
    """Return the lines of a text without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@register.filter
def initials(name: object) -> str:
    """Return the first letters of the first and last word of a name without its degrees.

    Example: "RW" for "dr. Ratih Widya, Sp.A.".
    """
    words = [word for word in str(name).partition(",")[0].split() if "." not in word]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def with_title(code: str) -> str:
    """Return a classification code with its title, or just the code if the office's list lacks it."""
    listed = list_codes().get(code)
    return listed.title if listed else code


@register.simple_tag
def is_practice() -> bool:
    """Return whether this installation is a practice office (config/environment.py)."""
    return settings.PRACTICE


@register.simple_tag
def is_copy() -> bool:
    """Return whether this is a restored or moved copy, which sends nothing (kit/place.py)."""
    return is_shown_as_copy()


@register.simple_tag
def practice_url() -> str:
    """Return the address of the practice office beside this one, or an empty text."""
    return settings.PRACTICE_URL
