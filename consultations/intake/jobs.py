"""Periodic jobs of the intake app."""

from consultations.intake.drafts import delete_expired
from consultations.intake.uploads import enqueue_missing_copies, enqueue_missing_pictures, quarantine_daily
from kit import jobs

jobs.register(enqueue_missing_copies, enqueue_missing_pictures, delete_expired, quarantine_daily)
