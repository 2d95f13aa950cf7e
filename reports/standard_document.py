"""The published standard as a PDF (Standar Pelayanan): a copy of the page, not an issued document."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation

from office import clock
from office.models import Office, StandardComponent, StandardPublication
from reports.documents import Sheet
from reports.html import coat_of_arms
from reports.pdf import render_pdf


@dataclass(frozen=True)
class Form:
    """Attributes of a document type that the template print/base.html reads."""

    title: str = "Standar Pelayanan"
    slug: str = "standar-pelayanan"


def standard_document() -> bytes:
    """Return the standard with its components and the pledge (maklumat) as PDF/UA."""
    with translation.override("id"):
        office = Office.load()
        html = render_to_string(
            "print/standar-pelayanan.html",
            {
                "document_type": Form(),
                "page_size": Sheet.WHOLE.get_size(office.paper),
                "document": None,
                "case": None,
                "office": office,
                "coat_of_arms": coat_of_arms(office),
                "created": clock.now().isoformat(timespec="seconds"),
                "publication": StandardPublication.load(),
                "components": list(StandardComponent.objects.all()),
            },
        )
    return render_pdf(html)
