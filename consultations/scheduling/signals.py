"""Signals of the schedule: absences and delegations have changed."""

from django.dispatch import Signal

absences_changed = Signal()
"""Sent after an absence was recorded or ended, in the same transaction."""

delegated = Signal()
"""Sent with `delegation` after it was created, in the same transaction."""

delegations_ended = Signal()
"""Sent after delegations were ended early, in the same transaction."""
