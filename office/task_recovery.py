"""Recovery of background tasks whose worker died, and removal of finished ones."""

import datetime as dt
import logging
from collections.abc import Iterable

from django.tasks import Task, TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from office.heartbeat import living_workers

logger = logging.getLogger(__name__)

MAX_RUNTIME = dt.timedelta(minutes=15)
"""Runtime after which a task counts as lost although its worker is alive. Every task is safe to run twice."""

RETENTION = dt.timedelta(days=7)
"""Time for which finished tasks are stored."""

MAX_WORKERS = 3
"""Number of workers that may die while running a task before it fails."""

RETRY_AFTER = dt.timedelta(minutes=5)
"""Time between two tasks with the same argument that `enqueue_missing` enqueues, at most RETENTION."""

MAX_TASKS = 100
"""Number of tasks that `enqueue_missing` enqueues at a time."""


def enqueue_missing(task: Task, keys: Iterable[object], *, retry_after: dt.timedelta = RETRY_AFTER) -> int:
    """Enqueue a task for each of the `keys` whose result is missing; return their number.

    A process that is killed after a commit enqueues no task. A task fails if e.g. the disk is full. Enqueue
    nothing while tasks of this kind wait for a worker.
    """
    tasks = DBTaskResult.objects.filter(task_path=task.module_path)
    if tasks.ready().exists():  # some of the keys have only to wait
        return 0
    current = tasks.running() | tasks.filter(enqueued_at__gt=timezone.now() - retry_after)
    enqueued = {arguments["args"][0] for arguments in current.values_list("args_kwargs", flat=True)}
    lost = [key for key in keys if key not in enqueued][:MAX_TASKS]
    for key in lost:
        task.enqueue(key)
    return len(lost)


def recover_lost_tasks() -> int:
    """Make lost tasks ready for another worker, or fail them after MAX_WORKERS; return their number.

    A task is lost if its worker is dead, or after MAX_RUNTIME.
    """
    now = timezone.now()
    running = DBTaskResult.objects.running()
    # Tasks before workers: a worker beats before it takes its first task.
    tasks = list(running.only("id", "started_at", "worker_ids", "task_path"))
    living = living_workers() if tasks else set()
    changed = 0
    for task in tasks:
        if living.intersection(task.worker_ids[-1:]) and now - task.started_at <= MAX_RUNTIME:
            continue
        same = running.filter(pk=task.pk, started_at=task.started_at)
        if len(task.worker_ids) < MAX_WORKERS:
            changed += same.update(status=TaskResultStatus.READY, started_at=None)
        else:
            logger.error("task %s failed: %s workers died while running it", task.task_path, MAX_WORKERS)
            changed += same.update(status=TaskResultStatus.FAILED, finished_at=now)
    return changed


def delete_finished_tasks() -> int:
    """Delete the results of tasks that ended more than RETENTION ago; return their number."""
    old = DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - RETENTION)
    return int(old.delete()[0])
