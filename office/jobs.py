"""Periodic jobs of the office app."""

from office import scheduler
from office.task_recovery import delete_finished_tasks, recover_lost_tasks

scheduler.register(recover_lost_tasks, delete_finished_tasks)
