"""`manage.py run_scheduler`: jobs of all apps, and recovery of tasks whose worker was killed."""

import datetime as dt
import logging
import re
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.tasks import Task, TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from intake.drafts import LIFETIME
from intake.models import RequestDraft
from notices.services import delivery
from office import clock, scheduler
from office.task_recovery import MAX_RUNTIME, RETENTION, recover_lost_tasks

RUNNING = TaskResultStatus.RUNNING


def running_task(ago: dt.timedelta, workers: int = 1) -> DBTaskResult:
    return DBTaskResult.objects.create(
        status=RUNNING,
        args_kwargs={"args": [], "kwargs": {}},
        task_path=delivery.deliver_messages.module_path,
        backend_name="default",
        run_after=timezone.now(),
        started_at=timezone.now() - ago,
        worker_ids=[f"worker{number}" for number in range(workers)],
    )


def test_every_app_registers_its_jobs_once() -> None:
    scheduler.list_jobs()
    assert sorted(job.__name__ for job in scheduler.list_jobs()) == [
        "cancel_old_messages",
        "create_reminders",
        "delete_expired",
        "delete_finished_tasks",
        "delete_orphaned_files",
        "deliver",
        "enqueue_missing_copies",
        "recover_lost_tasks",
    ]


def test_one_run_deletes_untouched_drafts_and_old_tasks(office: object) -> None:
    with clock.set_to(clock.now() - LIFETIME - dt.timedelta(hours=1)):
        RequestDraft.objects.create(token=uuid4(), kind="CONSULTATION")
    recent = RequestDraft.objects.create(token=uuid4(), kind="CONSULTATION")
    for status, hours in (("SUCCESSFUL", 1), ("FAILED", 1), ("SUCCESSFUL", -1)):
        DBTaskResult.objects.filter(pk=running_task(dt.timedelta(0)).pk).update(
            status=status, finished_at=timezone.now() - RETENTION - dt.timedelta(hours=hours)
        )
    running = running_task(dt.timedelta(0))

    call_command("run_scheduler", "--once")

    assert RequestDraft.objects.get() == recent
    assert DBTaskResult.objects.count() == 2
    assert DBTaskResult.objects.running().get() == running


@pytest.mark.parametrize(
    ("ago", "workers", "status"),
    [
        (MAX_RUNTIME - dt.timedelta(minutes=1), 1, TaskResultStatus.RUNNING),
        (MAX_RUNTIME + dt.timedelta(minutes=1), 1, TaskResultStatus.READY),
        (MAX_RUNTIME + dt.timedelta(minutes=1), 3, TaskResultStatus.FAILED),
    ],
    ids=["running", "lost", "lost three times"],
)
def test_recovery_of_lost_tasks(ago: dt.timedelta, workers: int, status: str, db: None) -> None:
    task = running_task(ago, workers)
    assert recover_lost_tasks() == (status != RUNNING)
    task.refresh_from_db()
    assert task.status == status
    assert DBTaskResult.objects.ready().exists() is (status == TaskResultStatus.READY)
    assert recover_lost_tasks() == 0


def test_every_task_may_run_twice() -> None:
    """A task that outlives MAX_RUNTIME runs a second time. Check a new task before listing it here."""
    root = Path(settings.BASE_DIR)
    paths = [
        path.relative_to(root).with_suffix("")
        for app in apps.get_app_configs()
        if Path(app.path).is_relative_to(root) and ".venv" not in Path(app.path).parts
        for path in Path(app.path).rglob("*.py")
        if re.search(r"^@task\b", path.read_text(), re.M)
    ]
    modules = [import_module(".".join(path.parts)) for path in paths]
    tasks = {value for module in modules for value in vars(module).values() if isinstance(value, Task)}
    assert {task.name for task in tasks} == {
        "create_inert_copy",  # the same copy again
        "deliver_messages",  # each message is claimed
        "create_document_file",  # the same bytes again, or the document that another worker stored
        "refresh_figures",  # figures are computed and replaced
    }
    assert delivery.MAX_RUNTIME < MAX_RUNTIME


def test_a_job_that_fails_does_not_stop_the_others(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    task = running_task(MAX_RUNTIME * 2)

    def broken() -> int:
        raise OSError

    # The connection holds the transaction of the test.
    monkeypatch.setattr(scheduler, "close_old_connections", lambda: None)
    with caplog.at_level(logging.ERROR):
        scheduler.run([broken, recover_lost_tasks])
    assert "broken" in caplog.text
    task.refresh_from_db()
    assert task.status == TaskResultStatus.READY
