"""Periodic jobs of the intake app."""

from intake.attachments import enqueue_missing_copies
from intake.drafts import delete_expired
from intake.orphaned_files import delete_orphaned_files
from office import scheduler

scheduler.register(enqueue_missing_copies, delete_expired, delete_orphaned_files)
