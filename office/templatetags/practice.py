"""Tags of a practice office and of the link to it. They need no context, so papers use them too."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def is_practice() -> bool:
    """Return whether this installation is a practice office (config/environment.py)."""
    return settings.PRACTICE


@register.simple_tag
def practice_url() -> str:
    """Return the address of the practice office beside this one, or an empty text."""
    return settings.PRACTICE_URL
