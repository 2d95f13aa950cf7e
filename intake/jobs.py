"""Periodic jobs of the intake app."""

from intake.drafts import delete_expired
from intake.orphaned_files import quarantine_daily
from office import scheduler

scheduler.register(delete_expired, quarantine_daily)
