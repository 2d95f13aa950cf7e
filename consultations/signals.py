"""Signals of the case: a step was taken, a case was opened."""

from django.dispatch import Signal

step_taken = Signal()
"""Sent by `transition()` inside its transaction. A receiver that raises undoes the step.

Arguments: `case` after the step, its `event`, `before` and `record`. `before` has the columns that the step
changed, with their old values (the key of a related record). `record` is what the step has stored beside the
case, e.g. a Disposition, or None.
"""

case_opened = Signal()
"""Sent after a user of the staff has opened the page of a case or of a step. Arguments: `case` and `by`."""
