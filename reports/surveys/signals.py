"""Signals of the surveys."""

from django.dispatch import Signal

result_published = Signal()
"""Sent by `publish()` with `publication`, inside its transaction: an exception undoes the publication."""
