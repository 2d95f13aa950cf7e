"""What templates of papers draw: a QR code, and an address as people type it."""

from django import template
from django.utils.safestring import SafeString

from reports.setting import qr_code

register = template.Library()


@register.simple_tag
def qr(link: str) -> SafeString:
    """A QR code for an absolute address, as inline SVG; segno escapes what stands in it."""
    return SafeString(qr_code(link))


@register.simple_tag
def readable(link: str) -> str:
    """An address as people read and type it: without the scheme."""
    return link.removeprefix("https://").removeprefix("http://")
