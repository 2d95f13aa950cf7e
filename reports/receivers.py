"""Papers follow the steps of the standard: what a step issues or takes back, in its own transaction."""

from typing import Any

from django.dispatch import receiver
from django.utils import translation

from consultations.models import Case, Event
from consultations.signals import step_taken
from reports.documents import OF_A_CASE
from reports.issuing import issue, revoke


@receiver(step_taken)
def issue_papers(sender: type[Case], case: Case, event: Event, **more: Any) -> None:
    """Issue the papers that a step produces, and take back those that it ends."""
    for kind in OF_A_CASE:
        if event.verb in kind.issued_by:
            issue(kind, case)
        if event.verb in kind.revoked_by:
            with translation.override("id"):  # the reason goes on record
                revoke(kind, case, reason=str(event.done))
