"""Periodic jobs of the exchange app."""

from exchange.systems import notify_officials
from exchange.webhooks import delete_old_events, deliver
from kit import jobs

jobs.register(deliver, delete_old_events, notify_officials)
