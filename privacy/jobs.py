"""Periodic job of the privacy app."""

from office import scheduler
from privacy.services.execution import enqueue_unfinished

scheduler.register(enqueue_unfinished)
