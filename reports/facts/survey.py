"""The papers of the survey: its published result (Hasil SKM), and the questionnaire to fill in by hand."""

from typing import Any

from reports.facts.record import Record
from surveys.elements import ELEMENTS
from surveys.models import Publication
from surveys.profile import ASKED


def result_of(publication: Publication) -> Record:
    """One published result, by whom it was published."""
    return Record(publication, publication.by, publication.title, publication.published_at)


def result_facts(source: Publication, publication: Publication) -> dict[str, Any]:
    """The figures as they were published, with the plan of what follows from them."""
    return {"publication": publication, "result": publication.result}


def questionnaire_facts() -> dict[str, Any]:
    """What the questionnaire asks: the nine elements, and the respondent's profile."""
    return {
        "elements": list(ELEMENTS.values()),
        "profile": [(label, values.labels) for label, values in ASKED.values()],
    }
