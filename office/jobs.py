"""Periodic jobs of the office app."""

from kit import jobs
from kit.jobs import delete_finished_tasks, delete_old_heartbeats, recover_lost_tasks
from kit.limits import delete_old_requests

jobs.register(recover_lost_tasks, delete_finished_tasks, delete_old_heartbeats, delete_old_requests)
