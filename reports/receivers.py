"""Papers follow what was decided: what a step issues or takes back, in its own transaction."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils import translation

from consultations.models import Case, Event
from consultations.signals import step_taken
from reports.documents import KIND_OF, OF_A_CASE
from reports.issuing import issue, revoke
from reports.models import Document
from surveys.models import Publication
from surveys.signals import pdf_linked, result_published


@receiver(step_taken)
def issue_papers(sender: type[Case], case: Case, event: Event, **more: Any) -> None:
    """Issue the papers that a step produces, and take back those that it ends."""
    for kind in OF_A_CASE:
        if event.verb in kind.issued_by:
            issue(kind, case)
        if event.verb in kind.revoked_by:
            with translation.override("id"):  # the reason goes on record
                revoke(kind, case, reason=str(event.done))


@receiver(result_published)
def issue_result(sender: type[Publication], publication: Publication, **more: Any) -> None:
    """Issue the published result of the survey as a document."""
    issue(KIND_OF[Document.Kind.SURVEY], publication)


@receiver(pdf_linked)
def link_to_pdf(sender: object, subject: Publication | Case | None, **more: Any) -> str:
    """Return the URL of a published result, of the questionnaire of a case, or of the blank questionnaire."""
    if isinstance(subject, Publication):
        return reverse("survey_paper", args=[subject.pk])
    return reverse("survey_form_of", args=[subject.code]) if subject else reverse("survey_form")
