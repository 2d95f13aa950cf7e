"""Signals of the schedule: absences and delegations have changed."""

from django.dispatch import Signal

absences_changed = Signal()
"""Sent after an absence was recorded or ended, in the same transaction."""

delegated = Signal()
"""Sent with `delegation` after a stand-in was named, in the same transaction."""

delegations_ended = Signal()
"""Sent after delegations were ended early, in the same transaction."""
