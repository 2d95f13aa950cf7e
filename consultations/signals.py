"""Signals of the case: a case, a file, an identity or a secret link was opened."""

from django.dispatch import Signal

case_opened = Signal()
"""Sent before a user of the staff is shown the page of a case or of a step. Arguments: `case` and `by`."""

file_opened = Signal()
"""Sent before a file of a case is served. Arguments: `file`, `case`, `by` (None: the applicant)."""

identity_revealed = Signal()
"""Sent in the transaction that reveals a hidden identity. Arguments: `case` and `by`."""

link_obtained = Signal()
"""Sent before a user of the staff gets hold of the secret link. Arguments: `case`, `by` and `place`."""
