"""The attendance list (Daftar Hadir) as a PDF form to be signed by hand. It is not an issued document."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation

from consultations.models import Case
from office import clock
from office.models import Office
from reports.contexts.appendix import sheet_context
from reports.documents import Sheet
from reports.html import coat_of_arms
from reports.pdf import render_pdf
from scheduling.models import Session


@dataclass(frozen=True)
class Form:
    """Attributes of a document type that the template print/base.html reads."""

    title: str = "Daftar Hadir"
    slug: str = "daftar-hadir"


def sheet_html(case: Case, session: Session) -> str:
    """Return the sheet of a session as HTML."""
    with translation.override("id"):
        office = Office.load()
        return render_to_string(
            "print/daftar-hadir.html",
            {
                "document_type": Form(),
                "page_size": Sheet.WHOLE.get_size(office.paper),
                "document": None,
                "case": case,
                "office": office,
                "coat_of_arms": coat_of_arms(office),
                "created": clock.now().isoformat(timespec="seconds"),
                **sheet_context(case, session),
            },
        )


def attendance_sheet(case: Case, session: Session) -> bytes:
    """Return the sheet as PDF/UA. Raise TooLong as `render_pdf()` does."""
    return render_pdf(sheet_html(case, session))
