"""Periodic jobs of the notices app."""

from kit import jobs
from notices.services.delivery import cancel_old_messages, deliver
from notices.services.occasions import create_reminders, notify_of_ended_delegations

jobs.register(cancel_old_messages, create_reminders, deliver, notify_of_ended_delegations)
