"""Periodic jobs of the ledger app."""

from kit import jobs
from trust.ledger.chain import append_leaves
from trust.ledger.services import enqueue_incomplete, enqueue_verification, seal_day

jobs.register(append_leaves, seal_day, enqueue_incomplete, enqueue_verification)
