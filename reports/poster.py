"""The poster of the service (A3) as a PDF, made from the data of the board. It is not an issued document."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation

from consultations.enums import STANDARD
from office import clock
from office.models import StandardPublication
from office.public_url import get_public_url
from reports.board import get_board
from reports.html import coat_of_arms
from reports.pdf import render_pdf

A3 = "297mm 420mm"


@dataclass(frozen=True)
class Form:
    """Attributes of a document type that the template print/base.html reads."""

    title: str = "Standar Pelayanan Konsultasi"
    slug: str = "poster"


def poster_html() -> str:
    """Return the poster as HTML."""
    with translation.override("id"):
        board = get_board()
        return render_to_string(
            "print/poster.html",
            {
                "document_type": Form(),
                "page_size": A3,
                "document": None,
                "case": None,
                "board": board,
                "publication": StandardPublication.load(),
                "office": board.office,
                "coat_of_arms": coat_of_arms(board.office),
                "steps": STANDARD,
                "site": get_public_url("home"),
                "complaints": get_public_url("complaint"),
                "created": clock.now().isoformat(timespec="seconds"),
            },
        )


def poster() -> bytes:
    """Return the poster as PDF/UA."""
    return render_pdf(poster_html())
