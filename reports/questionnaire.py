"""The questionnaire of the survey as a PDF form to fill in by hand. No document is issued, no case named."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation

from office import clock
from office.models import Office
from reports.contexts.survey import questionnaire_context
from reports.documents import Sheet
from reports.html import coat_of_arms
from reports.pdf import render_pdf


@dataclass(frozen=True)
class Form:
    """Attributes of a document type that the template print/base.html reads."""

    title: str = "Kuesioner Survei Kepuasan Masyarakat"
    slug: str = "kuesioner-survei"


def questionnaire_html() -> str:
    """Return the questionnaire as HTML."""
    with translation.override("id"):
        office = Office.load()
        return render_to_string(
            "print/kuesioner-survei.html",
            {
                "document_type": Form(),
                "page_size": Sheet.WHOLE.get_size(office.paper),
                "document": None,
                "office": office,
                "coat_of_arms": coat_of_arms(office),
                "created": clock.now().isoformat(timespec="seconds"),
                **questionnaire_context(),
            },
        )


def questionnaire() -> bytes:
    """Return the questionnaire as PDF/UA."""
    return render_pdf(questionnaire_html())
