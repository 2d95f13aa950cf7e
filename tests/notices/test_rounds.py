"""`manage.py rounds`: the duties that time asks for, each done whatever becomes of the others."""

import datetime as dt
import logging
import pkgutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.tasks import Task, TaskResultStatus, default_task_backend
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from consultations.enums import State
from intake.drafts import LIFETIME
from intake.models import RequestDraft
from notices import delivery
from notices.management.commands import rounds
from notices.management.commands.rounds import go_round
from notices.models import Message
from notices.tasks import deliver_messages
from notices.tasks_left import LONGEST, REMEMBERED, give_back_tasks
from office import clock
from tests.factories import Staff, case_at

RUNNING = TaskResultStatus.RUNNING


def task(ago: dt.timedelta, workers: int = 1) -> DBTaskResult:
    """A task that a worker has begun."""
    return DBTaskResult.objects.create(
        status=RUNNING,
        args_kwargs={"args": [], "kwargs": {}},
        task_path="notices.tasks.deliver_messages",
        backend_name="default",
        run_after=timezone.now(),
        started_at=timezone.now() - ago,
        worker_ids=[f"pekerja{number}" for number in range(workers)],
    )


def test_one_round_sends_what_is_due(crew: Staff, at_work: object, mailoutbox: list[EmailMessage]) -> None:
    case_at(State.SUBMITTED, crew)
    call_command("rounds", "--once")
    call_command("rounds", "--once")
    assert len(mailoutbox) == 2


def test_one_round_removes_drafts_that_nobody_has_touched(office: object) -> None:
    with clock.set_to(clock.now() - LIFETIME - dt.timedelta(hours=1)):
        RequestDraft.objects.create(token=uuid4(), kind="CONSULTATION")
    kept = RequestDraft.objects.create(token=uuid4(), kind="CONSULTATION")
    call_command("rounds", "--once")
    assert RequestDraft.objects.get() == kept


@pytest.mark.parametrize(
    ("ago", "workers", "status"),
    [
        (LONGEST - dt.timedelta(minutes=1), 1, TaskResultStatus.RUNNING),
        (LONGEST + dt.timedelta(minutes=1), 1, TaskResultStatus.READY),
        (LONGEST + dt.timedelta(minutes=1), 3, TaskResultStatus.FAILED),
    ],
    ids=["still running", "given back", "given up"],
)
def test_tasks_of_killed_workers(ago: dt.timedelta, workers: int, status: str, db: None) -> None:
    left = task(ago, workers)
    assert give_back_tasks() == (status != RUNNING)
    left.refresh_from_db()
    assert left.status == status
    assert DBTaskResult.objects.ready().exists() is (status == TaskResultStatus.READY)
    assert give_back_tasks() == 0


def test_each_task_may_be_done_twice(office: object) -> None:
    """One that outlives LONGEST is given to a second worker. Look at a new one before listing it here."""
    import_module(settings.ROOT_URLCONF)  # registers URL converters
    found = {
        value.module_path
        for app in apps.get_app_configs()
        if Path(app.path).is_relative_to(settings.BASE_DIR)
        for module in pkgutil.iter_modules([app.path], f"{app.name}.")
        for value in vars(import_module(module.name)).values()
        if isinstance(value, Task)
    }
    assert found == {
        "notices.tasks.deliver_messages",  # each message is claimed
        "reports.document_files.create_document_file",  # the same bytes again, or what another has kept
        "reports.figures_cache.refresh_figures",  # figures are computed again and replaced
    }
    assert delivery.LONGEST < LONGEST


def test_finished_tasks_are_forgotten_after_a_week(office: object) -> None:
    for status, finished in (("SUCCESSFUL", 1), ("FAILED", 1), ("SUCCESSFUL", -1)):
        DBTaskResult.objects.filter(pk=task(dt.timedelta(0)).pk).update(
            status=status, finished_at=timezone.now() - REMEMBERED - dt.timedelta(hours=finished)
        )
    running = task(dt.timedelta(0))
    call_command("rounds", "--once")
    assert DBTaskResult.objects.count() == 2
    assert DBTaskResult.objects.running().get() == running


def test_a_step_asks_a_worker_only_where_something_leaves_by_itself(
    staff: Staff, known_mail: None, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    asked = default_task_backend.results  # type: ignore[attr-defined]  # the backend of the tests keeps them
    for details, number in (({"email": ""}, 0), ({}, 1)):
        before = len(asked)
        with django_capture_on_commit_callbacks(execute=True):
            case_at(State.SUBMITTED, staff, **details)
        assert [result.task for result in asked[before:]].count(deliver_messages) == number
    assert Message.objects.count() == 1


def test_a_duty_that_fails_keeps_no_other_from_being_done(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    left = task(LONGEST * 2)

    def broken() -> int:
        raise OSError

    # The test itself lives in a transaction of this connection.
    monkeypatch.setattr(rounds, "close_old_connections", lambda: None)
    with caplog.at_level(logging.ERROR):
        go_round((broken, give_back_tasks))
    assert "broken" in caplog.text
    left.refresh_from_db()
    assert left.status == TaskResultStatus.READY
