"""Periodic jobs of the consultations app."""

from consultations.drafts import remove_old
from consultations.stray_files import remove_stray_files
from office import scheduler

scheduler.register(remove_old, remove_stray_files)
