"""Tags of all templates: icons, telephone numbers, and the style sheets of public pages."""

import re
from functools import cache

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kit.phones import readable

ICON = re.compile(r'<g id="([a-z-]+)">(.*?)</g>')

SHEETS = ("public", "rembuk")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SPACE = re.compile(r"\s*([{};,])\s*")

register = template.Library()
register.filter("phone", readable)


@register.simple_tag
def icon(name: str, css_class: str = "i") -> SafeString:
    """Return an icon of `kit/icons.svg` as inline SVG. Screen readers ignore it.

    A tag, because an include for each icon of a long list takes milliseconds.
    """
    return format_html(
        '<svg class="{}" viewBox="0 0 20 20" aria-hidden="true">{}</svg>', css_class, _read_icons()[name]
    )


@cache
def _read_icons() -> dict[str, SafeString]:
    found = ICON.findall((settings.BASE_DIR / "kit" / "icons.svg").read_text(encoding="utf-8"))
    return {name: SafeString(shape) for name, shape in found}


@register.simple_tag(takes_context=True)
def critical_css(context: template.Context, *more: str) -> SafeString:
    """Return a style element with SHEETS and `more`, allowed by this response's Content-Security-Policy.

    Public pages contain their style sheets (ADR 12).
    """
    return format_html('<style nonce="{}">{}</style>', context["csp_nonce"], read_sheets(*SHEETS, *more))


@cache
def read_sheets(*names: str) -> SafeString:
    """Return sheets without comments and unneeded white space. Restart the process after changing them."""
    folder = settings.BASE_DIR / "static" / "css"
    css = "".join((folder / f"{name}.css").read_text(encoding="utf-8") for name in names)
    return SafeString(SPACE.sub(r"\1", COMMENT.sub("", css)))
