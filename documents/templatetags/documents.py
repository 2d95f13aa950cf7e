"""Template tags of documents."""

import datetime as dt
import re
from dataclasses import dataclass

import segno
from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from consultations.deadlines import last_day_to_ask
from documents.life import name_turn
from documents.models import Document
from kit.pdf import BULLET, split_bullets

register = template.Library()


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


@dataclass(frozen=True)
class Passage:
    """A paragraph of a letter, or the items of a list with the line that leads to it."""

    text: str
    items: tuple[str, ...] = ()


@register.filter
def passages(text: str) -> list[Passage]:
    """Return the passages of a letter. Empty lines part them; lines with a mark or number are items."""
    found = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        lines = [line for line in block.splitlines() if line.strip()]
        first = next((n for n, line in enumerate(lines) if BULLET.match(line)), len(lines))
        items = split_bullets("\n".join(lines[first:]))
        found.append(Passage("\n".join(lines[:first]), tuple(items)))
    return found


@register.filter
def until_when_to_ask(moment: dt.datetime) -> dt.date:
    """Return the last day to ask about the answer of a letter of this moment."""
    return last_day_to_ask(timezone.localdate(moment))


@register.simple_tag
def readable(url: str) -> str:
    """Return a URL as people type it: without the scheme."""
    return url.removeprefix("https://").removeprefix("http://")
