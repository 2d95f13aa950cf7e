"""Periodic jobs of the office app."""

from kit.limits import delete_old_requests
from office import scheduler
from office.heartbeat import delete_old_heartbeats
from office.task_recovery import delete_finished_tasks, recover_lost_tasks

scheduler.register(recover_lost_tasks, delete_finished_tasks, delete_old_heartbeats, delete_old_requests)
