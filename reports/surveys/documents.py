"""The documents of the survey: a published result, and the questionnaire on paper."""

from typing import Any

from documents.contexts import Source
from documents.files import PrintedForm
from documents.models import Document
from documents.types import NO_PERIOD, DocumentType, add_types, names_nobody
from reports.surveys.models import Publication
from reports.surveys.regulation import ASKED, ELEMENTS, Occupation


def questionnaire() -> bytes:
    """Return the questionnaire of the survey, to be filled in by hand. It names no case."""
    return PrintedForm("Kuesioner Survei Kepuasan Masyarakat", "kuesioner-survei").render(
        elements=list(ELEMENTS.values()),
        profile=[(label, values.labels) for label, values in ASKED.values()],
        other=Occupation.OTHER.label,
    )


def survey_data(owner: Publication, publication: Publication) -> dict[str, Any]:
    """Return what the document embeds: the published figures and the plan."""
    figures = publication.figures
    result = {
        "sejak": publication.since.isoformat(),
        "sampai": publication.until.isoformat(),
        "layanan": str(publication.about.label),
        "ikm": figures["index"],
        "mutu": figures["letter"],
        "responden": figures["n"],
        "populasi": figures["population"],
        "sampel": figures["sample"],
        "nrr": figures["means"],
        "terendah": figures["lowest"],
        "analisis": publication.analysis,
        "rencana_tindak_lanjut": publication.plan,
    }
    return {"hasil_survei": result}


SURVEY = DocumentType(
    Document.Kind.SURVEY,
    Publication,
    lambda result: Source(result, result.by, result.title, result.published_at),
    NO_PERIOD,
    names_nobody,
    get_context=lambda owner, result: {"publication": result, "result": result.result},
    get_data=survey_data,
)
add_types(SURVEY)
