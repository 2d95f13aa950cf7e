"""Periodic jobs of the ledger app."""

from kit import jobs
from trust.ledger.chain import append_leaves
from trust.ledger.services import enqueue_incomplete, enqueue_verification, seal_day
from trust.ledger.witness import enqueue_watch

jobs.register(append_leaves, seal_day, enqueue_incomplete, enqueue_verification, enqueue_watch)
