"""Receivers: announce each step to the systems that see its case."""

from typing import Any

from django.dispatch import receiver

from consultations.models import Case, Event
from consultations.signals import step_taken
from exchange.services.webhooks import deliver_soon, store_events


@receiver(step_taken)
def announce_step(sender: type[Case], case: Case, event: Event, **more: Any) -> None:
    """Store the announcements in the transaction of the step, and deliver them after commit."""
    if store_events(case, event):
        deliver_soon()
