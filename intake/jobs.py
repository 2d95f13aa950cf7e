"""Periodic jobs of the intake app."""

from intake.drafts import remove_old
from intake.orphaned_files import remove_stray_files
from office import scheduler

scheduler.register(remove_old, remove_stray_files)
