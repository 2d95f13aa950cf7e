"""The tag `icon`: an icon of `kit/icons.svg`, drawn by hand on a grid of 20 px.

A tag, because an include for each icon of a long list takes milliseconds.
"""

import re
from functools import cache

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

ICON = re.compile(r'<g id="([a-z-]+)">(.*?)</g>')

register = template.Library()


@register.simple_tag
def icon(name: str, css_class: str = "i") -> SafeString:
    """Return an icon as inline SVG. Screen readers ignore it: a word beside it says the same."""
    return format_html(
        '<svg class="{}" viewBox="0 0 20 20" aria-hidden="true">{}</svg>', css_class, _read_icons()[name]
    )


@cache
def _read_icons() -> dict[str, SafeString]:
    """Return the shapes of all icons by name."""
    found = ICON.findall((settings.BASE_DIR / "kit" / "icons.svg").read_text(encoding="utf-8"))
    return {name: SafeString(shape) for name, shape in found}
