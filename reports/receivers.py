"""Documents that follow from steps and published survey results, in their transaction."""

from typing import Any

from django.db.models import Model
from django.dispatch import receiver
from django.utils import translation

from consultations.models import Case, Event
from consultations.workflow import VERBS
from reports.documents import issuing
from reports.documents.types import CASE_DOCUMENT_TYPES, TYPES_BY_KIND
from reports.models import Document
from reports.surveys.models import Publication
from reports.surveys.signals import result_published


def issue_documents(case: Case, event: Event, record: Model | None, **more: Any) -> None:
    """Issue and revoke the documents that name the verb of the step. The independent channel has none."""
    if case.is_independent:
        return
    issued = [document_type for document_type in CASE_DOCUMENT_TYPES if event.verb in document_type.issued_by]
    issuing.issue_documents(issued, case, event, record)
    if revoked := [row.kind for row in CASE_DOCUMENT_TYPES if event.verb in row.revoked_by]:
        with translation.override("id"):  # the reason is stored
            issuing.revoke_documents(revoked, case, reason=str(VERBS[event.verb].done))


@receiver(result_published)
def issue_survey_result(sender: type[Publication], publication: Publication, **more: Any) -> None:
    """Issue the published result of the survey."""
    issuing.lock_registers()
    issuing.issue_document(TYPES_BY_KIND[Document.Kind.SURVEY], publication)
