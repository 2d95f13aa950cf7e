"""What other apps can listen to: a step that was taken, told inside its transaction."""

from django.dispatch import Signal

step_taken = Signal()
"""Sent by `taking()` with `case` (as it is now) and `event`. A receiver that raises undoes the step."""
