"""Background tasks that a killed worker left "running", which are given back, and those that are over."""

import datetime as dt
import logging

from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)

LONGEST = dt.timedelta(minutes=15)
"""One that has run for longer has most likely lost its worker. If not, it is done twice: any task may be."""

REMEMBERED = dt.timedelta(days=7)

MOST_WORKERS = 3
"""A task that has cost so many workers their life is not given to another."""


def give_back_tasks() -> int:
    """Let other workers do what killed ones have left; returns how many tasks were given back or given up."""
    now = timezone.now()
    left = DBTaskResult.objects.running().filter(started_at__lt=now - LONGEST)
    changed = 0
    for task in left.only("id", "started_at", "worker_ids", "task_path"):
        same = left.filter(pk=task.pk, started_at=task.started_at)
        if len(task.worker_ids) < MOST_WORKERS:
            changed += same.update(status=TaskResultStatus.READY, started_at=None)
        else:
            logger.error("task %s has lost %s workers and is given up", task.task_path, MOST_WORKERS)
            changed += same.update(status=TaskResultStatus.FAILED, finished_at=now)
    return changed


def forget_finished_tasks() -> int:
    """Remove what is known of tasks that ended a while ago; returns how many there were."""
    over = DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - REMEMBERED)
    return int(over.delete()[0])
