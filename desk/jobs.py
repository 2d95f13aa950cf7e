"""Periodic jobs of the desk app."""

from desk.exports import delete_old_files, enqueue_missing_files
from kit import jobs

jobs.register(delete_old_files, enqueue_missing_files)
