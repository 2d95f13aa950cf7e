"""What other apps can listen to: a step that was taken, told inside its transaction; a case that is read."""

from django.dispatch import Signal

step_taken = Signal()
"""Sent by `taking()` with `case` (as it is now), `event`, and `before`: the columns that the step changed,
as they were (of a related record its key). A receiver that raises undoes the step."""

case_opened = Signal()
"""Sent with `case` and `by` when a member of the staff opens the page of a case or of a step of it."""
