"""The office's colour in pages and papers."""

from django import template
from django.utils.safestring import SafeString

from office.colours import get_css

register = template.Library()


@register.filter
def as_css(colour: str) -> SafeString:
    """Return the rule of a colour (`office.colour`), "" for the colour that the style sheets have."""
    return SafeString(get_css(colour))
