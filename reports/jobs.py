"""Periodic jobs of the reports app."""

from office import scheduler
from reports.missing_files import queue_missing_files

scheduler.register(queue_missing_files)
