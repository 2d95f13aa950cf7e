"""Periodic jobs of the record: chain the entries each minute, make the head each night, then verify."""

import logging

from django.tasks import task
from django.utils import timezone

from kit import clock, jobs
from kit.jobs import enqueue_missing
from trust.record.entries import chain_entries
from trust.record.heads import enqueue_unmailed, make_tonight
from trust.record.models import RecordCheck
from trust.record.verification import FILE_SHARES, Verification, verify

logger = logging.getLogger(__name__)

HOUR = 1
"""Earliest hour (office's zone) of the verification."""


def enqueue_verification() -> int:
    """Enqueue the verification of this night unless it ran; return how many."""
    if timezone.localtime(clock.now()).hour < HOUR:
        return 0
    if RecordCheck.objects.filter(at__gte=clock.midnight(clock.today())).exists():
        return 0
    return enqueue_missing(verify_tonight, [clock.today().isoformat()])


@task(priority=-10)  # after what somebody waits for
def verify_tonight(day: str) -> int:
    """Verify the record and one share of the files; return the number of findings."""
    share = clock.today().toordinal() % FILE_SHARES
    return verify(Verification(share=share), report=logger.error).findings


jobs.register(chain_entries, make_tonight, enqueue_unmailed, enqueue_verification)
