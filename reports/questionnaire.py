"""The questionnaire of the survey as a PDF form to fill in by hand. It is not an issued document."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation

from consultations.models import Case
from office import clock
from office.models import Office
from reports.documents import Paper
from reports.facts.survey import questionnaire_facts
from reports.rendering import to_pdf
from reports.setting import coat_of_arms


@dataclass(frozen=True)
class Form:
    """Attributes of a document type that the template print/base.html reads."""

    title: str = "Kuesioner Survei Kepuasan Masyarakat"
    slug: str = "kuesioner-survei"
    paper: str = Paper.A4


def questionnaire_html(case: Case | None = None) -> str:
    """Return the questionnaire as HTML. It is blank without a case."""
    with translation.override("id"):
        office = Office.load()
        return render_to_string(
            "print/kuesioner-survei.html",
            {
                "kind": Form(),
                "document": None,
                "case": case,
                "office": office,
                "coat_of_arms": coat_of_arms(office),
                "created": clock.now().isoformat(timespec="seconds"),
                **questionnaire_facts(),
            },
        )


def questionnaire(case: Case | None = None) -> bytes:
    """Return the questionnaire as PDF/UA. Raise TooLong as `to_pdf()` does."""
    return to_pdf(questionnaire_html(case))
