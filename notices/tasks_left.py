"""Background tasks whose worker was killed: they would stay "running" for ever, and so are given back."""

import datetime as dt
import logging

from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)

LONGEST = dt.timedelta(minutes=15)
"""A task takes seconds; one that has run for longer has lost its worker."""

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
