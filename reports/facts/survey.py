"""The template contexts of the survey: its published result (Hasil SKM) and the printed questionnaire."""

from typing import Any

from reports.facts.record import Record
from surveys.elements import ELEMENTS
from surveys.models import Publication
from surveys.profile import ASKED


def result_of(publication: Publication) -> Record:
    """Return a publication with its publisher."""
    return Record(publication, publication.by, publication.title, publication.published_at)


def result_facts(source: Publication, publication: Publication) -> dict[str, Any]:
    """Return the published figures with their follow-up plan."""
    return {"publication": publication, "result": publication.result}


def questionnaire_facts() -> dict[str, Any]:
    """Return the nine elements and the profile questions."""
    return {
        "elements": list(ELEMENTS.values()),
        "profile": [(label, values.labels) for label, values in ASKED.values()],
    }
