"""The attendance list (Daftar Hadir) as a PDF form to be signed by hand. It is not an issued document."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation

from consultations.models import Case
from dispositions.models import Meeting
from office import clock
from office.models import Office
from reports.contexts.appendix import sheet_context
from reports.contexts.forum import meeting_sheet_context
from reports.documents import Sheet
from reports.html import coat_of_arms
from reports.pdf import render_pdf
from scheduling.models import Session


@dataclass(frozen=True)
class Form:
    """Attributes of a document type that the template print/base.html reads."""

    title: str = "Daftar Hadir"
    slug: str = "daftar-hadir"


def sheet_html(case: Case, event: Session | Meeting) -> str:
    """Return the sheet of a session or a meeting as HTML."""
    if isinstance(event, Meeting):
        template, context = "print/daftar-hadir-rapat.html", meeting_sheet_context(case, event)
    else:
        template, context = "print/daftar-hadir.html", sheet_context(case, event)
    with translation.override("id"):
        office = Office.load()
        return render_to_string(
            template,
            {
                "document_type": Form(),
                "page_size": Sheet.WHOLE.get_size(office.paper),
                "document": None,
                "case": case,
                "office": office,
                "coat_of_arms": coat_of_arms(office),
                "created": clock.now().isoformat(timespec="seconds"),
                **context,
            },
        )


def attendance_sheet(case: Case, event: Session | Meeting) -> bytes:
    """Return the sheet as PDF/UA. Raise TooLong as `render_pdf()` does."""
    return render_pdf(sheet_html(case, event))
