"""Periodic job of the archive app."""

from kit import jobs
from trust.archive.transfers import enqueue_packages

jobs.register(enqueue_packages)
