"""Template tags of documents."""

import re

import segno
from django import template
from django.utils.safestring import SafeString

from documents.letter_text import split_passages
from documents.life import name_turn
from documents.models import Document

register = template.Library()
register.filter("passages", split_passages)


@register.filter
def with_postal_code(address: str) -> str:
    """Return the address with a no-break space before the postal code, so that no line begins with it."""
    return re.sub(r" (?=\d{5}\b)", "\u00a0", address)


@register.filter
def whole_words(text: str, length: int) -> str:
    """Return the text shortened to `length` characters. Only a first word that is longer is cut."""
    if len(text) <= length:
        return text
    return f"{text[:length].rpartition(' ')[0] or text[:length]} …"


@register.filter
def turn(document: Document) -> str:
    """Return who must initial or sign a document in force, or "" if nobody must."""
    return name_turn(document) if document.is_unsigned and not document.is_old else ""


@register.simple_tag
def qr(url: str) -> SafeString:
    """Return a QR code for an absolute URL as inline SVG, escaped by segno. PDF/UA requires its title."""
    code = segno.make(url, error="m", micro=False)
    return SafeString(code.svg_inline(border=0, title=f"Kode QR: {url}"))


@register.simple_tag
def readable(url: str) -> str:
    """Return a URL as people type it: without the scheme."""
    return url.removeprefix("https://").removeprefix("http://")
