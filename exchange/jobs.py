"""Periodic jobs of the exchange app."""

from exchange.services.delivery import deliver
from exchange.services.proposals import notify_officials
from exchange.services.webhooks import delete_old_events
from office import scheduler

scheduler.register(deliver, delete_old_events, notify_officials)
