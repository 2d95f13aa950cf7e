"""Periodic jobs of the notices app."""

from kit import jobs
from notices.services.delivery import cancel_old_messages, deliver
from notices.services.occasions import create_reminders, notify_of_ended_delegations
from notices.services.subscriptions import unsubscribe_absent

jobs.register(cancel_old_messages, create_reminders, deliver, notify_of_ended_delegations, unsubscribe_absent)
