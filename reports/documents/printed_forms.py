"""Printed forms: PDFs with the look of the documents that are neither issued nor stored."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from consultations.enums import STANDARD
from consultations.models import Case
from consultations.scheduling.models import Session
from dispositions.models import Meeting
from kit import clock
from kit.pdf import count_pages, render_pdf
from kit.urls import get_public_url
from office.models import Office, StandardComponent, StandardPublication
from office.words import get_words
from reports.documents.contexts.letters import meeting_sheet_context
from reports.documents.contexts.report import sheet_context
from reports.documents.files import coat_of_arms
from reports.documents.types import Sheet
from reports.statistics.board import get_board
from reports.surveys.questionnaire import ASKED, ELEMENTS, Occupation

A3 = "297mm 420mm"


@dataclass(frozen=True)
class PrintedForm:
    """A form made from `templates/print/<slug>.html`, by default on a sheet of the office's paper.

    `print/base.html` reads title and slug, as it does of a document type.
    """

    title: str
    slug: str
    page_size: str = ""

    def render_html(self, **context: Any) -> str:
        """Return the form as HTML. Its text is Indonesian."""
        with translation.override("id"):
            office = Office.load()
            return render_to_string(
                f"print/{self.slug}.html",
                {
                    "document_type": self,
                    "page_size": self.page_size or Sheet.WHOLE.get_size(office.paper),
                    "document": None,
                    "case": None,
                    "office": office,
                    "word": get_words(),
                    "coat_of_arms": coat_of_arms(office),
                    "created": clock.now().isoformat(timespec="seconds"),
                    **context,
                },
            )

    def render(self, **context: Any) -> bytes:
        """Return the form as PDF/UA. Raise TooLong as `render_pdf()` does."""
        return render_pdf(self.render_html(**context))


ATTENDANCE = PrintedForm("Daftar Hadir", "daftar-hadir")
ATTENDANCE_OF_MEETING = PrintedForm("Daftar Hadir", "daftar-hadir-rapat")
QUESTIONNAIRE = PrintedForm("Kuesioner Survei Kepuasan Masyarakat", "kuesioner-survei")
PUBLISHED_STANDARD = PrintedForm("Standar Pelayanan", "standar-pelayanan")
POSTER = PrintedForm("Standar Pelayanan Konsultasi", "poster", A3)


def attendance_sheet(case: Case, session: Session) -> bytes:
    """Return the attendance list (Daftar Hadir) of a consultation, to be signed by hand."""
    return ATTENDANCE.render(case=case, **sheet_context(case, session))


def meeting_sheet(case: Case, meeting: Meeting) -> bytes:
    """Return the attendance list of a meeting (forum rapat)."""
    return ATTENDANCE_OF_MEETING.render(case=case, **meeting_sheet_context(case, meeting))


def questionnaire() -> bytes:
    """Return the questionnaire of the survey, to be filled in by hand. It names no case."""
    return QUESTIONNAIRE.render(
        elements=list(ELEMENTS.values()),
        profile=[(label, values.labels) for label, values in ASKED.values()],
        other=Occupation.OTHER.label,
    )


def published_standard() -> bytes:
    """Return the published standard with its components and the pledge (maklumat)."""
    return PUBLISHED_STANDARD.render(
        publication=StandardPublication.load(), components=list(StandardComponent.objects.all())
    )


def poster() -> bytes:
    """Return the poster of the service (A3), made from the data of the board.

    It is set more tightly if only then it fits on one sheet: some offices have long names and texts.
    """
    context = {
        "board": get_board(),
        "publication": StandardPublication.load(),
        "steps": STANDARD,
        "site": get_public_url("home"),
        "complaints": get_public_url("complaint"),
    }
    content = POSTER.render(**context)
    return content if count_pages(content) == 1 else POSTER.render(is_compact=True, **context)
