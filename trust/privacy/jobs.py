"""Periodic job of the privacy app."""

from kit import jobs
from trust.privacy.erasure import enqueue_unfinished

jobs.register(enqueue_unfinished)
