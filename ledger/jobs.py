"""Periodic jobs of the ledger app."""

from ledger.chain import append_leaves
from ledger.nightly import enqueue_verification
from ledger.services import enqueue_incomplete, seal_day
from office import scheduler

scheduler.register(append_leaves, seal_day, enqueue_incomplete, enqueue_verification)
