"""Periodic jobs of the privacy app."""

from kit import jobs
from trust.privacy.breach import enqueue_notices
from trust.privacy.erasure import enqueue_unfinished

jobs.register(enqueue_unfinished, enqueue_notices)
