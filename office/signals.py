"""Signals of the office: its working time has changed."""

from django.dispatch import Signal

working_time_changed = Signal()
"""Sent after opening hours, a season or a closed day was saved or deleted, in the same transaction."""

working_time_edited = Signal()
"""Sent after an administrator has stored working time in `pengaturan/`, once for each form.

Receivers return a sentence for the administrator, or an empty string.
"""
