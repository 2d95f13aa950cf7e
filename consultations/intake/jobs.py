"""Periodic jobs of the intake app."""

from consultations.intake.drafts import delete_expired
from consultations.intake.orphaned_files import quarantine_daily
from consultations.intake.uploads import enqueue_missing_copies
from kit import jobs

jobs.register(enqueue_missing_copies, delete_expired, quarantine_daily)
