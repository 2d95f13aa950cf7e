"""HTML of documents."""

import segno
from django.template.loader import render_to_string
from django.utils import translation
from PIL import Image

from office.models import Office
from office.words import get_words
from reports.documents.contexts.report import picture_url
from reports.documents.signatories import get_head_title
from reports.documents.types import TYPES_BY_KIND, get_source_row
from reports.models import Document

MAX_PIXELS = 600
"""Longer side of the coat of arms in pixels: 600 dpi at the size of the letterhead."""


def render_html(document: Document, *, attestation: str = "", is_compact: bool = False) -> str:
    """Render the document as one HTML page. The text is Indonesian in every language of the reader.

    `attestation` is the sentence about the electronic signature that will follow. `is_compact` sets the
    text more tightly.
    """
    document_type, row = TYPES_BY_KIND[document.kind], get_source_row(document)
    with translation.override("id"):
        office = Office.load()
        return render_to_string(
            document_type.template,
            {
                "document_type": document_type,
                "page_size": document_type.sheet.get_size(office.paper),
                "document": document,
                "case": document.case,
                "office": office,
                "word": get_words(),
                "coat_of_arms": coat_of_arms(office),
                "head_title": get_head_title,
                "created": document.issued_at.isoformat(timespec="seconds"),
                "attestation": attestation,
                "is_compact": is_compact,
                **document_type.get_context(document.case or row, row),
            },
        )


def coat_of_arms(office: Office) -> str:
    """Return the office's coat of arms (lambang daerah) as `data:` URL, or "" if it cannot be read."""
    if not office.coat_of_arms:
        return ""
    try:
        return picture_url(office.coat_of_arms, longest=MAX_PIXELS)
    except (OSError, Image.DecompressionBombError):
        return ""


def qr_code(url: str) -> str:
    """Return a QR code as inline SVG. PDF/UA requires its title."""
    return segno.make(url, error="m", micro=False).svg_inline(border=0, title=f"Kode QR: {url}")
