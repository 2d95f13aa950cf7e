"""Style sheets of public pages, written into each page (ADR 12)."""

import re
from functools import cache

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

SHEETS = ("public", "rembuk")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SPACE = re.compile(r"\s*([{};,])\s*")

register = template.Library()


@register.simple_tag(takes_context=True)
def critical_css(context: template.Context, *more: str) -> SafeString:
    """Return a style element with SHEETS and `more`, allowed by this response's Content-Security-Policy."""
    return format_html('<style nonce="{}">{}</style>', context["csp_nonce"], read_sheets(*SHEETS, *more))


@cache
def read_sheets(*names: str) -> SafeString:
    """Return sheets without comments and unneeded white space. Restart the process after changing them."""
    folder = settings.BASE_DIR / "static" / "css"
    css = "".join((folder / f"{name}.css").read_text(encoding="utf-8") for name in names)
    return SafeString(SPACE.sub(r"\1", COMMENT.sub("", css)))
