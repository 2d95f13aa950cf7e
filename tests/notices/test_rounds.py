"""`manage.py rounds`: the duties that time asks for, each done whatever becomes of the others."""

import datetime as dt
import logging
from uuid import uuid4

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from consultations.drafts import LIFETIME
from consultations.models import RequestDraft
from consultations.workflow import State
from notices.management.commands import rounds
from notices.tasks_left import LONGEST, give_back_tasks
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
        RequestDraft.objects.create(token=uuid4())
    kept = RequestDraft.objects.create(token=uuid4())
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


def test_a_duty_that_fails_keeps_no_other_from_being_done(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    left = task(LONGEST * 2)

    def broken() -> int:
        raise OSError

    monkeypatch.setattr(rounds, "DUTIES", (broken, give_back_tasks))
    monkeypatch.setattr(rounds, "close_old_connections", lambda: None)
    with caplog.at_level(logging.ERROR):
        rounds.go_round()
    assert "the duty broken failed" in caplog.text
    left.refresh_from_db()
    assert left.status == TaskResultStatus.READY
