"""Periodic jobs of the notices app."""

from notices.services.delegations import notify_of_ended_delegations
from notices.services.delivery import deliver
from notices.services.manual_queue import cancel_old_messages
from notices.services.reminders import create_reminders
from office import scheduler

scheduler.register(cancel_old_messages, create_reminders, deliver, notify_of_ended_delegations)
