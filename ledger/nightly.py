"""Verifications whose result is stored: of each night, and of `manage.py verify_record`."""

import logging
from collections.abc import Callable
from time import monotonic

from django.tasks import task
from django.utils import timezone

from ledger.models import RecordCheck
from ledger.verification import FILE_SHARES, Verification
from office import clock
from office.task_recovery import enqueue_missing

logger = logging.getLogger(__name__)

HOUR = 1
"""Earliest hour (office's zone) of the verification."""

MAX_STORED = 20
"""Findings that are stored with the result."""


def enqueue_verification() -> int:
    """Enqueue the verification of this night unless it ran; return how many."""
    today = clock.today()
    if timezone.localtime(clock.now()).hour < HOUR:
        return 0
    if RecordCheck.objects.filter(at__gte=clock.midnight(today)).exists():
        return 0
    return enqueue_missing(verify_tonight, [today.isoformat()])


@task(priority=-10)  # after what somebody waits for
def verify_tonight(day: str) -> int:
    """Verify the record and one share of the files; return the number of findings."""
    share = clock.today().toordinal() % FILE_SHARES
    return verify(Verification(share=share), report=logger.error).findings


def verify(verification: Verification, *, report: Callable[[str], object]) -> RecordCheck:
    """Run a verification and report each finding. Store the result if it looked at the whole record."""
    began, first = monotonic(), list[str]()
    check = RecordCheck(at=clock.now(), findings=0)
    for finding in verification.run():
        report(finding)
        check.findings += 1
        if len(first) < MAX_STORED:
            first.append(finding)
    check.first_findings, check.leaves = "\n".join(first), verification.leaves
    check.seconds = round(monotonic() - began)
    if verification.is_whole:
        check.save()
    return check
