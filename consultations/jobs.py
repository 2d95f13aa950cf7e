"""Periodic jobs of the consultations app."""

from consultations.notes import delete_old_notes
from kit import jobs

jobs.register(delete_old_notes)
