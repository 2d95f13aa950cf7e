"""Signals of the office: changes of working time, of its profile, and of access."""

from django.dispatch import Signal

working_time_changed = Signal()
"""Sent after opening hours, a season or a closed day was saved or deleted, or after the zone changed. Sent in
the same transaction.
"""

working_time_edited = Signal()
"""Sent after an administrator has saved or deleted working time in `pengaturan/`, once for each form.

Receivers return a sentence for the administrator, or an empty string.
"""

profile_checked = Signal()
"""Sent when a changed profile is validated. Argument: `office`, not stored yet.

Receivers raise ValidationError to refuse the changed profile.
"""

access_change_proposed = Signal()
"""Sent with `change` after a change of access was proposed, in the same transaction."""

access_change_decided = Signal()
"""Sent with `change` after a change was confirmed or refused, or took effect at once. Same transaction."""

access_changes_opened = Signal()
"""Sent with `by` when a user opens the page of the changes of access."""

sessions_ended = Signal()
"""Sent with `user` after a user has ended sessions on other devices, in the same transaction."""

invited = Signal()
"""Sent with `user` and `by` after an invitation was made, in the same transaction."""

invitation_accepted = Signal()
"""Sent with `user` after an invited person set the own password, in the same transaction."""
