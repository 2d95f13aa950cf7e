"""What other apps can listen to: a result that was published, told inside its transaction."""

from django.dispatch import Signal

result_published = Signal()
"""Sent by `publish()` with `publication`. A receiver that raises undoes the publication."""
