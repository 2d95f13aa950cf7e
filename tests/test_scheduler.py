"""`manage.py run_scheduler`: jobs of all apps, heartbeats, and recovery of tasks whose worker died."""

import ast
import datetime as dt
import logging
import re
import signal
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.models.functions import Now
from django.tasks import Task, TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from consultations.enums import State
from consultations.intake.drafts import LIFETIME
from consultations.intake.models import RequestDraft
from documents.models import Document
from kit import clock, jobs, outbox
from kit.jobs import MAX_RUNTIME, RETENTION, beat, recover_lost_tasks
from kit.models import Heartbeat
from notices.services import delivery
from office.worktime import in_office
from tests.factories import ClientOf, Staff, case_at
from tests.shared_data import each
from tests.standard import house

RUNNING = TaskResultStatus.RUNNING
Kind = Heartbeat.Kind
LATE = dt.timedelta(minutes=6)


def beat_ago(kind: Heartbeat.Kind, name: str, ago: dt.timedelta = dt.timedelta()) -> None:
    beat(kind, name)
    Heartbeat.objects.filter(name=name).update(seen_at=Now() - ago)


def running_task(ago: dt.timedelta = dt.timedelta(), workers: int = 1) -> DBTaskResult:
    return DBTaskResult.objects.create(
        status=RUNNING,
        args_kwargs={"args": [], "kwargs": {}},
        task_path=delivery.deliver_messages.module_path,
        backend_name="default",
        run_after=timezone.now(),
        started_at=timezone.now() - ago,
        worker_ids=[f"worker{number}" for number in range(workers)],
    )


JOBS = """
cancel_old_messages chain_entries create_reminders delete_expired delete_finished_tasks
delete_old_events delete_old_files delete_old_heartbeats delete_old_notes
delete_old_requests deliver deliver enqueue_missing_copies
enqueue_missing_files enqueue_missing_files enqueue_missing_pictures
enqueue_notices enqueue_packages enqueue_unfinished enqueue_unmailed enqueue_verification
make_tonight notify_of_ended_delegations notify_officials quarantine_daily recover_lost_tasks
refresh_regularly store_pace unsubscribe_absent
"""


def list_uncalled() -> set[str]:
    """Return the functions without arguments and decorators that no code of a room uses."""
    defined, used = set(), set()
    for path in chain.from_iterable(map(house.list_modules, house.ROOMS)):
        tree = ast.parse(house.source(path))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not (node.decorator_list or ast.unparse(node.args)):
                defined.add(node.name)
        if path.name != "jobs.py" or path.parts[0] == "kit":  # the others only register
            names = (node for node in ast.walk(tree) if isinstance(node, (ast.Name, ast.Attribute)))
            used |= {node.id if isinstance(node, ast.Name) else node.attr for node in names}
    return defined - used


def test_a_function_that_nobody_calls_is_a_registered_job() -> None:
    """A job whose registration was forgotten would be missed by nothing."""
    registered = {job.__name__ for job in jobs.list_jobs() if hasattr(job, "__name__")}
    assert list_uncalled() - registered == {"create_key"}  # for the settings, see contrib/rembuk.env


def test_every_app_registers_its_jobs_once() -> None:
    jobs.list_jobs()
    assert sorted(job.__name__ for job in jobs.list_jobs()) == JOBS.split()


def test_one_run_deletes_untouched_drafts_and_old_tasks(office: object) -> None:
    with clock.set_to(clock.now() - LIFETIME - dt.timedelta(hours=1)):
        RequestDraft.objects.create(token_hash=uuid4(), kind="CONSULTATION")
    recent = RequestDraft.objects.create(token_hash=uuid4(), kind="CONSULTATION")
    for status, hours in (("SUCCESSFUL", 1), ("FAILED", 1), ("SUCCESSFUL", -1)):
        DBTaskResult.objects.filter(pk=running_task().pk).update(
            status=status, finished_at=timezone.now() - RETENTION - dt.timedelta(hours=hours)
        )
    running = running_task()
    beat(Kind.WORKER, "worker0")
    call_command("run_scheduler", "--once")
    assert RequestDraft.objects.get() == recent
    assert DBTaskResult.objects.count() == 2
    assert DBTaskResult.objects.running().get() == running


@each(
    ("ago", "workers", "silent_for", "status"),
    [
        (MAX_RUNTIME - dt.timedelta(minutes=1), 1, 5, TaskResultStatus.RUNNING),
        (MAX_RUNTIME + dt.timedelta(minutes=1), 1, 5, TaskResultStatus.READY),
        (dt.timedelta(seconds=10), 1, 60, TaskResultStatus.READY),
        (dt.timedelta(seconds=10), 3, 60, TaskResultStatus.FAILED),
    ],
)
def test_recovery_of_lost_tasks(
    ago: dt.timedelta, workers: int, silent_for: int, status: str, db: None
) -> None:
    task = running_task(ago, workers)
    for number, seconds in enumerate((*[600] * (workers - 1), silent_for)):
        beat_ago(Kind.WORKER, f"worker{number}", dt.timedelta(seconds=seconds))
    assert recover_lost_tasks() == (status != RUNNING)
    task.refresh_from_db()
    assert task.status == status
    assert DBTaskResult.objects.ready().exists() is (status == TaskResultStatus.READY)
    assert recover_lost_tasks() == 0


def test_documents_without_a_task_are_queued_again_and_again(staff: Staff, settings: Any) -> None:
    """No task was queued because the process was killed; or it failed, e.g. on a full disk."""
    case_at(State.DISPOSED, staff)
    missing = sorted(str(pk) for pk in Document.objects.filter(sha256="").values_list("pk", flat=True))
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    queued = DBTaskResult.objects.filter(task_path="documents.files.create_document_file")
    for minutes, tasks in ((0, 1), (1, 1), (6, 2)):
        queued.filter(status=TaskResultStatus.READY).update(status=TaskResultStatus.FAILED)
        queued.update(enqueued_at=timezone.now() - dt.timedelta(minutes=minutes))
        call_command("run_scheduler", "--once")
        assert sorted(task.args_kwargs["args"][0] for task in queued) == sorted(missing * tasks)
    call_command("run_scheduler", "--once")  # they wait
    assert queued.count() == 2 * len(missing) > 0


def test_worker_and_scheduler_leave_heartbeats(
    shared_database: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)
    handlers = {number: signal.getsignal(number) for number in numbers}
    columns = {"backend_name": "default", "priority": 0, "run_after": timezone.now()}
    rows = [("x.y", {}), ("kit.clock.now", {"args": [], "kwargs": {}}), ("x.y", [])]
    rows.append(("notices.services.delivery.deliver_messages", []))
    monkeypatch.setattr("operations.management.commands.db_worker.PAUSE", 0)
    for path, arguments in rows:
        DBTaskResult.objects.create(task_path=path, args_kwargs=arguments, **columns)
    with pytest.raises(SystemExit):  # its caller uses the name no longer
        call_command("db_worker", "--batch", "--no-reload", "--no-startup-delay", "--worker-id", "w1")
    assert not DBTaskResult.objects.filter(status=TaskResultStatus.READY).exists()
    call_command("run_scheduler", "--once")
    for number, handler in handlers.items():
        signal.signal(number, handler)
    assert Heartbeat.objects.get(name="w1").kind == Kind.WORKER
    kinds = Heartbeat.objects.exclude(name="w1").values_list("kind", flat=True)
    assert sorted(kinds) == [Kind.SCHEDULER, Kind.WORKER], "the worker began anew after a bad row"


def test_silent_processes_are_reported(staff: Staff, client_of: ClientOf) -> None:
    def reported() -> tuple[list[str], bool]:
        conditions = client_of(staff.petugas).get("/healthz/ready").json()["conditions"]
        silent = [name for name in ("worker", "scheduler") if conditions[name] == "attention"]
        desks = [client_of(user).get("/meja/").text for user in (staff.pkd, staff.admin)]
        assert "data-silent" not in client_of(staff.petugas).get("/meja/").text
        assert all(("data-silent" in desk) == bool(silent) for desk in desks)
        return silent, "Penjadwal tidak berjalan sejak" in desks[0]

    assert reported() == (["worker", "scheduler"], False)
    beat_ago(Kind.WORKER, "w1", LATE)
    beat(Kind.WORKER, "w2")
    beat(Kind.SCHEDULER, "s1")
    assert reported() == ([], False)
    beat_ago(Kind.SCHEDULER, "s1", LATE)
    assert reported() == (["scheduler"], True)


def test_every_task_may_run_twice() -> None:
    """A task that outlives MAX_RUNTIME runs a second time. Check a new task before listing it here."""
    root = Path(settings.BASE_DIR)
    folders = [Path(app.path) for app in apps.get_app_configs() if ".venv" not in Path(app.path).parts]
    paths = [path for folder in folders if folder.is_relative_to(root) for path in folder.rglob("*.py")]
    found = [path for path in paths if re.search(r"^@task\b", path.read_text(), re.M)]
    modules = [import_module(".".join(path.relative_to(root).with_suffix("").parts)) for path in found]
    tasks = {value for module in modules for value in vars(module).values() if isinstance(value, Task)}
    assert {task.name for task in tasks} == {
        "create_inert_copy",  # the same copy again
        "draw_pictures",  # the same pictures again
        "make_package",  # the same package again
        "deliver_messages",  # each message is claimed
        "deliver_events",  # each announcement is claimed
        "move_deadlines",  # the same deadlines again
        "notify_of_collisions",  # one notice for each collision, by a constraint
        "create_document_file",  # the same bytes again, or the document that another worker stored
        "create_export_file",  # nothing, or the same file again
        "refresh_daily_figures",  # the same days again
        "refresh_figures",  # figures are computed and replaced
        "mail_head",  # a mail may be sent twice
        "verify_tonight",  # a second result
        "erase_approved",  # what is erased is skipped; files that are gone stay gone
        "send_links",  # the same links again, to the same addresses
        "notify_concerned",  # a notice only for cases that have none of this breach
    }
    assert outbox.MAX_RUNTIME < MAX_RUNTIME


def test_a_job_that_fails_does_not_stop_the_others(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    task = running_task(MAX_RUNTIME * 2)

    def broken() -> int:
        raise OSError

    # The connection holds the transaction of the test.
    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)
    with caplog.at_level(logging.ERROR):
        jobs.run([broken, recover_lost_tasks], within=in_office)
    assert "broken" in caplog.text
    task.refresh_from_db()
    assert task.status == TaskResultStatus.READY
