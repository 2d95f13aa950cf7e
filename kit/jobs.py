"""Background work: periodic jobs, heartbeats of processes, and tasks whose worker died.

Each app registers its jobs in `<app>/jobs.py`. A job is a function without arguments that decides itself if
anything is due. Heartbeats have the time of the database's clock, so wrong clocks of machines do not matter.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread

from django.conf import settings
from django.db import Error, close_old_connections, connection
from django.db.models.functions import Now
from django.tasks import Task, TaskResultStatus
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.module_loading import autodiscover_modules
from django_tasks_db.models import DBTaskResult

from kit.models import Heartbeat

logger = logging.getLogger(__name__)

type Job = Callable[[], object]

_jobs: list[Job] = []


def register(*jobs: Job) -> None:
    """Add jobs to those that `run_scheduler` runs. Each must be safe to run in several processes at once.

    Jobs of apps that are imported later run first, so that recovery does not wait for delivery.
    """
    _jobs[:0] = jobs


def list_jobs() -> list[Job]:
    """Import `jobs.py` of each app and return all registered jobs."""
    autodiscover_modules("jobs")
    return list(_jobs)


def run(jobs: Iterable[Job], *, within: Callable[[], AbstractContextManager[None]]) -> None:
    """Run each job once `within` a context of its own. Log a job that fails, and go on with the next."""
    for job in jobs:
        try:
            with within():
                job()
        except Exception:
            logger.exception("the job %r failed", job)
            close_old_connections()


def run_until(
    stopped: Event, every: int, *, within: Callable[[], AbstractContextManager[None]], name: str = ""
) -> None:
    """Run all registered jobs once, then each `every` seconds until `stopped` is set.

    `name` identifies this process in its heartbeats (default: a random name).
    """
    is_alive = partial(beat, Heartbeat.Kind.SCHEDULER, name or get_random_string(32))
    jobs: list[Job] = [is_alive, *list_jobs()]
    run(jobs, within=within)
    while not stopped.wait(every):
        close_old_connections()
        run(jobs, within=within)


Kind = Heartbeat.Kind

INTERVAL = 10
"""Seconds between two heartbeats of a worker."""

HEARTBEAT_RETENTION = dt.timedelta(days=1)
"""Time for which the last heartbeat of a dead process is stored."""


@dataclass(frozen=True)
class SilentKind:
    """A kind of process without a living process, last seen at `since` (None: not known)."""

    kind: Kind
    since: dt.datetime | None


def beat(kind: Kind, name: str) -> None:
    """Store that the process `name` is alive."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, kind=kind, seen_at=Now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["seen_at"],
    )


@contextmanager
def beating(kind: Kind, name: str) -> Iterator[None]:
    """Beat at once, and within the block every INTERVAL seconds in a thread of its own."""
    beat(kind, name)
    stopped = Event()
    thread = Thread(target=_beat_until, args=(stopped, kind, name), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _beat_until(stopped: Event, kind: Kind, name: str) -> None:
    while not stopped.wait(INTERVAL):
        try:
            close_old_connections()
            beat(kind, name)
        except Error as error:
            logger.warning("no heartbeat of %s %s: %s", kind, name, error)
    connection.close()


def living_workers() -> set[str]:
    """Return the names of the workers that are alive."""
    limit = dt.timedelta(seconds=settings.WORKER_SILENT_AFTER)
    workers = Heartbeat.objects.filter(kind=Kind.WORKER)
    return {name for name, seen, now in workers.values_list("name", "seen_at", Now()) if now - seen <= limit}


def list_silent() -> list[SilentKind]:
    """Return the kinds of process that have no living process."""
    beats = list(Heartbeat.objects.values_list("kind", "seen_at", Now()))
    return find_silent({kind: (seen, now) for kind, seen, now in sorted(beats)})


def find_silent(latest: Mapping[str, tuple[dt.datetime, dt.datetime]]) -> list[SilentKind]:
    """Return the silent kinds. `latest` maps a kind to its last heartbeat and the database's present time."""
    limits = {Kind.WORKER: settings.WORKER_SILENT_AFTER, Kind.SCHEDULER: settings.SCHEDULER_SILENT_AFTER}
    silent = []
    for kind, limit in limits.items():
        seen, now = latest.get(kind, (None, None))
        if seen is None or now is None or now - seen > dt.timedelta(seconds=limit):
            silent.append(SilentKind(kind, seen))
    return silent


def delete_old_heartbeats() -> int:
    """Delete heartbeats that are older than HEARTBEAT_RETENTION; return their number."""
    return int(Heartbeat.objects.filter(seen_at__lt=Now() - HEARTBEAT_RETENTION).delete()[0])


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

    A result is missing if a process was killed after a commit and before it enqueued the task, or if the task
    failed, e.g. because the disk was full. Enqueue nothing while tasks of this kind wait for a worker.
    """
    tasks = DBTaskResult.objects.filter(task_path=task.module_path)
    if tasks.ready().exists():  # a waiting task may produce one of the missing results
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
