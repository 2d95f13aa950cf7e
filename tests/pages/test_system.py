"""Each condition of the system, broken once: in `/healthz/ready`, in the metrics and on *Keadaan sistem*."""

import datetime as dt
import logging
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as project
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries

from consultations.enums import State
from exchange.models import Webhook
from exchange.webhooks import set_webhook
from kit import clock
from kit.jobs import beat
from kit.models import Heartbeat
from office.models import Office
from operations import health
from operations.conditions import CHECKS
from operations.metrics import SECONDS
from tests.exchange.conftest import make_caller
from tests.factories import ClientOf, Staff, case_at
from trust.ledger.models import RecordCheck

RULES = Path(project.BASE_DIR) / "contrib" / "prometheus" / "rembuk.rules.yml"
TOKEN = {"Authorization": "Bearer rahasia"}
Kind = Heartbeat.Kind
LONG_AGO = dt.timedelta(days=3)


@pytest.fixture
def well(staff: Staff, settings: Any, tmp_path: Path) -> Staff:
    """A system without a fault."""
    settings.METRICS_TOKEN, settings.DATA_DIR, settings.MIN_FREE_DISK = "rahasia", tmp_path, 0
    beat(Kind.WORKER, "w1")
    beat(Kind.SCHEDULER, "s1")
    return staff


def hide_cache(staff: Staff, settings: Any) -> None:
    connection.check_constraints()  # PostgreSQL would refuse to alter the table
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE rembuk_cache RENAME TO rembuk_cache_old")


def unapply_migration(staff: Staff, settings: Any) -> None:
    MigrationRecorder(connection).record_unapplied("office", "0001_initial")


def let_a_task_wait(staff: Staff, settings: Any) -> None:
    task = DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}}, backend_name="default", run_after=timezone.now() - LONG_AGO
    )
    DBTaskResult.objects.filter(pk=task.pk).update(enqueued_at=timezone.now() - LONG_AGO)


def submit_long_ago(staff: Staff, settings: Any) -> None:
    """The mail server is down, and the worker makes no documents."""
    with clock.set_to(clock.now() - LONG_AGO):
        case_at(State.SUBMITTED, staff, email="siti@example.id")


def touch_old_backup(staff: Staff, settings: Any) -> None:
    marker, moment = settings.DATA_DIR / "last-backup", (timezone.now() - LONG_AGO).timestamp()
    marker.touch()
    os.utime(marker, (moment, moment))


def find_a_change(staff: Staff, settings: Any) -> None:
    RecordCheck.objects.create(seconds=1, leaves=9, findings=2)


def lose_the_key(staff: Staff, settings: Any) -> None:
    case = case_at(State.SUBMITTED, staff)
    lost = Fernet(Fernet.generate_key()).encrypt(b"hilang").decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE consultations_case SET secret = %s WHERE id = %s", [lost, case.pk])


def let_the_head_retire(staff: Staff, settings: Any) -> None:
    staff.kadis.appointments.update(ends=clock.today() - dt.timedelta(days=1))


def let_the_supervisor_go(staff: Staff, settings: Any) -> None:
    staff.pengawas.appointments.update(ends=clock.today() - dt.timedelta(days=1))


def let_a_receiver_fail(staff: Staff, settings: Any) -> None:
    caller = make_caller("SIMDA", by=staff.admin, official=staff.kadis)
    set_webhook(caller.system, by=staff.kadis, url="https://sistem.example/")
    Webhook.objects.update(failing_since=timezone.now() - LONG_AGO)


def open_with_people_named_by_one(staff: Staff, settings: Any) -> None:
    Office.objects.update(awaits_staff_check=True)


def change(name: str, value: object) -> Callable[[Staff, Any], None]:
    return lambda staff, settings: setattr(settings, name, value)


def stop(kind: Heartbeat.Kind) -> Callable[[Staff, Any], None]:
    return lambda staff, settings: Heartbeat.objects.filter(kind=kind).delete() and None


FAULTS: dict[str, tuple[Callable[[Staff, Any], None], str]] = {
    "migrations": (unapply_migration, "broken"),
    "storage": (change("MEDIA_ROOT", "/sys/rembuk"), "broken"),  # not even root may write there
    "cache": (hide_cache, "broken"),
    "scanner": (change("CLAMAV_URL", "unix:///nonexistent/clamd.ctl"), "attention"),
    "clock": (change("CLOCK_TOLERANCE", -3600), "broken"),
    "disk": (change("MIN_FREE_DISK", 10**9), "attention"),
    "worker": (stop(Kind.WORKER), "attention"),
    "scheduler": (stop(Kind.SCHEDULER), "attention"),
    "tasks": (let_a_task_wait, "attention"),
    "documents, mail": (submit_long_ago, "attention"),
    "backup": (touch_old_backup, "attention"),
    "encryption": (lose_the_key, "attention"),
    "record": (find_a_change, "attention"),
    "second_person": (let_the_head_retire, "attention"),
    "staff_check": (open_with_people_named_by_one, "attention"),
    "supervisor": (let_the_supervisor_go, "attention"),
    "webhooks": (let_a_receiver_fail, "attention"),
}


@pytest.mark.parametrize("names", FAULTS)
def test_each_fault_is_shown_everywhere(
    names: str, well: Staff, settings: Any, client_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    admin = client_of(well.admin)
    before = Client().get("/healthz/ready")
    assert (before.status_code, before.json()["state"]) == (200, "ok")
    assert "Semuanya berjalan baik." in admin.get("/pengaturan/sistem/").text

    break_it, state = FAULTS[names]
    break_it(well, settings)
    expected = dict.fromkeys(names.split(", "), state)
    ready = Client().get("/healthz/ready")
    metrics = Client().get("/metrics", headers=TOKEN).text
    page = admin.get("/pengaturan/sistem/").text

    assert (ready.status_code, ready.json()["state"]) == (503 if state == "broken" else 200, state)
    assert {name: found for name, found in ready.json()["conditions"].items() if found != "ok"} == expected
    severity = {"attention": 1, "broken": 2}[state]
    assert set(re.findall(r'rembuk_condition\{name="(\w+)"\} [12]', metrics)) == expected.keys()
    assert f'rembuk_condition{{name="{names.split(", ")[0]}"}} {severity}.0' in metrics
    assert dict(re.findall(r'data-condition="(\w+)" data-state="(attention|broken)"', page)) == expected
    assert all(str(check.remedy) in page for check in CHECKS if check.name in expected)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_without_database_the_process_lives_and_is_not_ready(caplog: pytest.LogCaptureFixture) -> None:
    """pytest refuses the database to this test."""
    assert Client().get("/healthz/live", headers={"Host": "10.0.0.7"}).status_code == 200
    ready = Client().get("/healthz/ready", headers={"Host": "10.0.0.7"})
    assert ready.status_code == 503
    assert ready.json()["conditions"].keys() == {"database", "storage", "scanner", "disk", "backup"}
    assert ready.json()["conditions"]["database"] == "broken"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_metrics_need_the_token(well: Staff, settings: Any) -> None:
    assert Client().get("/metrics", headers={"Authorization": "Bearer salah"}).status_code == 401
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", headers=TOKEN).status_code == 404


def test_a_first_backup_is_missing_only_if_rembuk_makes_backups(well: Staff, settings: Any) -> None:
    assert Client().get("/healthz/ready").json()["conditions"]["backup"] == "ok"
    settings.BACKUP_DIR = "/var/backups/rembuk"
    assert Client().get("/healthz/ready").json()["conditions"]["backup"] == "attention"


@pytest.mark.differs_by_database
def test_figures_that_the_database_does_not_give_hide_no_condition(well: Staff, settings: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consultations_case RENAME TO consultations_case_old")
    answer = Client().get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    assert 'rembuk_condition{name="worker"} 0.0' in answer.text
    assert "rembuk_open_cases{" not in answer.text


def test_the_page_opens_while_the_folder_of_files_does_not_answer(
    well: Staff, settings: Any, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "SECONDS", 0.01)
    released = Event()
    health.FILES.submit(released.wait)
    try:
        page = client_of(well.admin).get("/pengaturan/sistem/").text
    finally:
        released.set()
    assert 'data-condition="storage" data-state="broken"' in page
    assert "folder tidak menjawab" in page


@pytest.mark.parametrize("rows", [1, 30])
def test_queries_of_the_state(
    rows: int, well: Staff, settings: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _row in range(rows):
        let_a_task_wait(well, settings)
    Client().get("/healthz/ready")
    with django_assert_num_queries(21):
        Client().get("/healthz/ready")
    with django_assert_num_queries(28):
        Client().get("/metrics", headers=TOKEN)


def test_the_rules_of_prometheus_name_existing_metrics(well: Staff, settings: Any) -> None:
    touch_old_backup(well, settings)
    SECONDS.labels("home", 200).observe(0.1)
    text, metrics = RULES.read_text(encoding="utf-8"), Client().get("/metrics", headers=TOKEN).text
    named = set(re.findall(r"\brembuk_\w+", text))
    assert named <= set(re.findall(r"(?m)^(?:# HELP )?(rembuk_\w+)", metrics))
    conditions = set(re.findall(r'name=~?"([\w|]+)"', text))
    assert {name for part in conditions for name in part.split("|")} == {check.name for check in CHECKS}
    assert text.count("alert:") == text.count("summary:") == text.count("runbook:")
    if promtool := shutil.which("promtool"):
        subprocess.run([promtool, "check", "rules", RULES], check=True)  # noqa: S603
