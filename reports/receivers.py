"""Papers follow what was decided: what a step issues or takes back, in its own transaction."""

from typing import Any

from django.dispatch import receiver
from django.utils import translation

from consultations.models import Case, Event
from consultations.signals import step_taken
from consultations.workflow import VERBS
from reports.documents import KIND_OF, OF_A_CASE
from reports.issuing import issue, revoke
from reports.models import Document
from surveys.models import Publication
from surveys.signals import result_published


@receiver(step_taken)
def issue_papers(sender: type[Case], case: Case, event: Event, **more: Any) -> None:
    """Issue the papers that a step produces, and take back those that it ends."""
    for kind in OF_A_CASE:
        if event.verb in kind.issued_by:
            issue(kind, case)
        if event.verb in kind.revoked_by:
            with translation.override("id"):  # the reason goes on record
                revoke(kind, case, reason=str(VERBS[event.verb].done))


@receiver(result_published)
def issue_result(sender: type[Publication], publication: Publication, **more: Any) -> None:
    """Issue the published result of the survey as a document."""
    issue(KIND_OF[Document.Kind.SURVEY], publication)
