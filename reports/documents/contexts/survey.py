"""Documents of the survey: its published result (Hasil SKM), and the questionnaire on paper."""

from typing import Any

from reports.documents.contexts.source import Source
from reports.surveys.models import Publication
from reports.surveys.questionnaire import ASKED, ELEMENTS, Occupation


def publication_source(publication: Publication) -> Source:
    """Return the publication as a source."""
    return Source(publication, publication.by, publication.title, publication.published_at)


def result_context(owner: Publication, publication: Publication) -> dict[str, Any]:
    """Return the figures as published, and the follow-up plan."""
    return {"publication": publication, "result": publication.result}


def result_data(owner: Publication, publication: Publication) -> dict[str, Any]:
    """Return what the document embeds: the published figures and the plan."""
    figures = publication.figures
    result = {
        "sejak": publication.since.isoformat(),
        "sampai": publication.until.isoformat(),
        "ikm": figures["index"],
        "mutu": figures["letter"],
        "responden": figures["n"],
        "populasi": figures["population"],
        "sampel": figures["sample"],
        "nrr": figures["means"],
        "terendah": figures["lowest"],
        "rencana_tindak_lanjut": publication.plan,
    }
    return {"hasil_survei": result}


def questionnaire_context() -> dict[str, Any]:
    """Return the nine elements and the questions about the respondent's profile."""
    return {
        "elements": list(ELEMENTS.values()),
        "profile": [(label, values.labels) for label, values in ASKED.values()],
        "other": Occupation.OTHER.label,
    }
