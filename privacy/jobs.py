"""Periodic job of the privacy app."""

from office import scheduler
from privacy.erasure import enqueue_unfinished

scheduler.register(enqueue_unfinished)
