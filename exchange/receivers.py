"""Receiver of steps: announces each one to the systems that see its case."""

from typing import Any

from consultations.models import Case, Event
from exchange.services.webhooks import deliver_soon, store_events


def announce_step(case: Case, event: Event, **more: Any) -> None:
    """Store the announcements in the transaction of the step, and deliver them after commit."""
    if store_events(case, event):
        deliver_soon()
