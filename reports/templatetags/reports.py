"""Template tags of documents, and of statistics on the pages of other apps."""

import datetime as dt
import re

import segno
from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from consultations.deadlines import last_day_to_ask
from reports.documents.contexts.report import Passage, split_letter
from reports.documents.life import name_turn
from reports.models import Document
from reports.statistics.public import Statistics, get_live_statistics

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


@register.filter
def passages(text: str) -> list[Passage]:
    """Return the paragraphs and lists of a letter."""
    return split_letter(text)


@register.filter
def until_when_to_ask(moment: dt.datetime) -> dt.date:
    """Return the last day to ask about the answer of a letter of this moment."""
    return last_day_to_ask(timezone.localdate(moment))


@register.simple_tag
def readable(url: str) -> str:
    """Return a URL as people type it: without the scheme."""
    return url.removeprefix("https://").removeprefix("http://")


@register.simple_tag
def live_figures() -> Statistics:
    """Return the statistics of the last twelve months."""
    return get_live_statistics()
