"""Signals of the case: a step was taken; a case, a file, an identity or a secret link was opened."""

from django.dispatch import Signal

step_taken = Signal()
"""Sent by `transition()` inside its transaction. A receiver that raises undoes the step.

Arguments: `case` after the step, its `event`, `before` and `record`. `before` has the columns that the step
changed, with their old values (the key of a related record). `record` is what the step has stored beside the
case, e.g. a Disposition, or None.
"""

case_opened = Signal()
"""Sent before a user of the staff is shown the page of a case or of a step. Arguments: `case` and `by`."""

file_opened = Signal()
"""Sent before a file of a case is served. Arguments: `file`, `case`, `by` (None: the applicant)."""

identity_revealed = Signal()
"""Sent in the transaction that reveals a hidden identity. Arguments: `case` and `by`."""

link_obtained = Signal()
"""Sent before a user of the staff gets hold of the secret link. Arguments: `case`, `by` and `place`."""
