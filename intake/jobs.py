"""Periodic jobs of the intake app."""

from intake.drafts import delete_expired
from intake.orphaned_files import delete_orphaned_files
from office import scheduler

scheduler.register(delete_expired, delete_orphaned_files)
