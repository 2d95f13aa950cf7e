"""Signals of the office: its working time has changed, its profile is about to change."""

from django.dispatch import Signal

working_time_changed = Signal()
"""Sent after opening hours, a season or a closed day was saved or deleted, in the same transaction."""

working_time_edited = Signal()
"""Sent after an administrator has stored working time in `pengaturan/`, once for each form.

Receivers return a sentence for the administrator, or an empty string.
"""

profile_checked = Signal()
"""Sent before the profile is stored in `pengaturan/`. Argument: `office`, not stored yet.

Receivers raise ValidationError if it cannot be stored so.
"""
