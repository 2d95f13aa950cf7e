"""From a document to the HTML of its paper."""

import base64
from io import BytesIO

import segno
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import translation
from PIL import Image

from office.models import Office
from reports.documents import KIND_OF
from reports.models import Document

MOST_PIXELS = 600
"""The longer side of the coat of arms: 600 dots an inch at the size of the letterhead."""


def to_html(document: Document, row: Model | None = None, *, attestation: str = "") -> str:
    """The paper as one HTML page. `row` is its record where that is not stored yet (a preview).

    `attestation` is the sentence of who will sign electronically. The text of official papers is
    Indonesian, whatever the reader's language.
    """
    kind = KIND_OF[document.kind]
    row = row or kind.model._default_manager.get(pk=document.record)
    with translation.override("id"):
        office = Office.load()
        return render_to_string(
            kind.template,
            {
                "kind": kind,
                "document": document,
                "case": document.case,
                "office": office,
                "coat_of_arms": coat_of_arms(office),
                "created": document.issued_at.isoformat(timespec="seconds"),
                "attestation": attestation,
                **kind.facts(document.case or row, row),
            },
        )


def coat_of_arms(office: Office) -> str:
    """The office's coat of arms (lambang daerah) as `data:` URL; empty where none can be read.

    In the colours of screens, as PDF/A asks where a paper names them, and no larger than it is printed.
    """
    picture = office.coat_of_arms
    if not picture:
        return ""
    try:
        with picture.open() as file, Image.open(file) as image:
            image.thumbnail((MOST_PIXELS, MOST_PIXELS))
            shown = image.convert("RGBA")
    except (OSError, Image.DecompressionBombError):
        return ""
    content = BytesIO()
    shown.save(content, "PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"


def qr_code(link: str) -> str:
    """A QR code as inline SVG, with the title that PDF/UA asks of a figure."""
    return segno.make(link, error="m", micro=False).svg_inline(border=0, title=f"Kode QR: {link}")
