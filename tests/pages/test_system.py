"""Each condition of the system, broken once, and outages: 503 with a sentence, neither 429 nor 500."""

import datetime as dt
import errno
import logging
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error, IntegrityError, OperationalError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve
from django_tasks_db.models import DBTaskResult

from config.valkey import ValkeyCache
from consultations.enums import State
from consultations.intake.models import RequestDraft
from consultations.intake.uploads import CheckedFile
from consultations.models import Attachment
from exchange.models import System, Webhook
from exchange.webhooks import set_webhook, stop_webhook
from kit import clock, place
from kit.closed_room import get_room
from kit.jobs import beat
from kit.middleware import is_outage
from kit.models import Heartbeat
from office.models import Office
from operations import health
from operations.conditions import CHECKS
from operations.metrics import SECONDS
from tests.exchange.conftest import make_caller
from tests.factories import PASSWORD, Staff, case_at, client_of
from tests.shared_data import each
from tests.submitting import assert_says, image, pdf, typed, upload
from trust.record.models import RecordCheck

RULES = Path(project.BASE_DIR) / "contrib" / "prometheus" / "rembuk.rules.yml"
TOKEN = {"Authorization": "Bearer rahasia"}
Kind = Heartbeat.Kind
LONG_AGO = dt.timedelta(days=3)


@pytest.fixture
def well(staff: Staff, settings: Any, tmp_path: Path) -> Iterator[Staff]:
    """A system without a fault."""
    settings.METRICS_TOKEN, settings.DATA_DIR, settings.MIN_FREE_DISK = "rahasia", tmp_path, 0
    (tmp_path / "last-backup").touch()
    beat(Kind.WORKER, "w1")
    beat(Kind.SCHEDULER, "s1")
    yield staff
    get_room.cache_clear()
    if settings.DATA_DIR.is_relative_to(sys.prefix):
        shutil.rmtree(settings.DATA_DIR)


type Fault = Callable[[Staff, Any], object]


def hide_cache(staff: Staff, settings: Any) -> None:
    connection.check_constraints()  # PostgreSQL would refuse to alter the table
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE rembuk_cache RENAME TO rembuk_cache_old")


def unapply_a_migration(staff: Staff, settings: Any) -> None:
    MigrationRecorder(connection).record_unapplied("office", "0001_initial")


def lose_old_files(staff: Staff, settings: Any) -> None:
    """The bucket is new: it stores, but has nothing of before."""
    letter = CheckedFile(b"%PDF-1.4 surat", "application/pdf", "surat.pdf")
    case = case_at(State.SUBMITTED, staff, letter=letter)
    stored = default_storage.save("attachments/0a/0a", ContentFile(b"x"))
    assert Attachment.objects.filter(case=case).update(file=stored)
    assert health.check_files().is_well
    settings.MEDIA_ROOT = settings.MEDIA_ROOT / "baru"


def let_a_task_wait(staff: Staff, settings: Any) -> None:
    task = DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}}, backend_name="default", run_after=clock.now() - LONG_AGO
    )
    DBTaskResult.objects.filter(pk=task.pk).update(enqueued_at=clock.now() - LONG_AGO)


def submit_long_ago(staff: Staff, settings: Any) -> None:
    """The mail server is down, and the worker makes no documents."""
    with clock.set_to(clock.now() - LONG_AGO):
        case_at(State.SUBMITTED, staff, email="siti@example.id")


def touch_old_backup(staff: Staff, settings: Any) -> None:
    marker, moment = settings.DATA_DIR / "last-backup", (clock.now() - LONG_AGO).timestamp()
    marker.touch()
    os.utime(marker, (moment, moment))


def lose_the_key(staff: Staff, settings: Any) -> None:
    case = case_at(State.SUBMITTED, staff)
    lost = Fernet(Fernet.generate_key()).encrypt(b"hilang").decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE consultations_case SET secret = %s WHERE id = %s", [lost, case.pk])


def let_a_receiver_fail(staff: Staff, settings: Any) -> None:
    caller = make_caller("SIMDA", by=staff.admin, official=staff.kadis)
    set_webhook(caller.system, by=staff.kadis, url="https://sistem.example/")
    Webhook.objects.update(failing_since=clock.now() - LONG_AGO)


def change(name: str, value: object) -> Fault:
    return lambda staff, settings: setattr(settings, name, value)


def stop(kind: Heartbeat.Kind) -> Fault:
    return lambda staff, settings: Heartbeat.objects.filter(kind=kind).delete()


def let_uploads_read_the_data(staff: Staff, settings: Any) -> None:
    """The data are in a folder that the sandbox reads, because Python is there."""
    settings.DATA_DIR = Path(tempfile.mkdtemp(dir=sys.prefix, prefix="readable-"))
    (settings.DATA_DIR / "last-backup").touch()
    get_room.cache_clear()


def name_people_before_the_opening(staff: Staff, settings: Any) -> None:
    """The invitation was not accepted yet."""
    Office.objects.update(awaits_staff_check=True)
    staff.kadis.set_unusable_password()
    staff.kadis.save()


def retire(name: str) -> Fault:
    def end(staff: Staff, settings: Any) -> None:
        getattr(staff, name).appointments.update(ends=clock.today() - dt.timedelta(days=1))

    return end


FAULTS: dict[str, tuple[Fault, str]] = {
    "migrations": (unapply_a_migration, "broken"),
    "storage": (change("MEDIA_ROOT", "/sys/rembuk"), "broken"),  # not even root may write there
    "cache": (hide_cache, "broken"),
    "files": (lose_old_files, "attention"),
    "scanner": (change("CLAMAV_URL", "unix:///nonexistent/clamd.ctl"), "attention"),
    "closed_room": (let_uploads_read_the_data, "attention"),
    "clock": (change("CLOCK_TOLERANCE", -3600), "broken"),
    "disk": (change("MIN_FREE_DISK", 10**9), "attention"),
    "worker": (stop(Kind.WORKER), "attention"),
    "scheduler": (stop(Kind.SCHEDULER), "attention"),
    "tasks": (let_a_task_wait, "attention"),
    "place": (lambda *_: place.Place.objects.all().delete(), "attention"),
    "documents, mail": (submit_long_ago, "attention"),
    "backup": (touch_old_backup, "attention"),
    "encryption": (lose_the_key, "attention"),
    "record": (lambda *_: RecordCheck.objects.create(seconds=1, entries=9, findings=2), "attention"),
    "second_person": (retire("kadis"), "attention"),
    "second_person, staff_check": (name_people_before_the_opening, "attention"),
    "staff_check": (lambda *_: Office.objects.update(awaits_staff_check=True), "attention"),
    "supervisor": (retire("pengawas"), "attention"),
    "webhooks": (let_a_receiver_fail, "attention"),
}


@pytest.mark.parametrize("names", FAULTS)
def test_each_fault_is_shown(
    names: str, well: Staff, settings: Any, caplog: pytest.LogCaptureFixture
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


def test_a_system_whose_token_expired_is_told_nothing_and_that_is_shown(well: Staff, settings: Any) -> None:
    let_a_receiver_fail(well, settings)
    now = clock.now()
    Webhook.objects.update(failing_since=None)
    System.objects.update(issued_at=now - LONG_AGO, expires_at=now - dt.timedelta(minutes=1))
    assert Client().get("/healthz/ready").json()["conditions"]["webhooks"] == "attention"
    assert "Token “SIMDA” kedaluwarsa sejak" in client_of(well.admin).get("/pengaturan/sistem/").text
    stop_webhook(Webhook.objects.get(), by=well.kadis)
    assert Client().get("/healthz/ready").json()["conditions"]["webhooks"] == "ok"


def test_a_receiver_that_fails_is_not_hidden_by_an_expired_token(well: Staff, settings: Any) -> None:
    """An expired token is for an official to renew, which may take days."""
    let_a_receiver_fail(well, settings)
    other = make_caller("SIAK", by=well.admin, official=well.kadis)
    set_webhook(other.system, by=well.kadis, url="https://lain.example/")
    now = clock.now()
    expired = {"issued_at": now - LONG_AGO, "expires_at": now - dt.timedelta(minutes=1)}
    System.objects.filter(name="SIAK").update(**expired)
    assert "“SIMDA” tidak menerima sejak" in health.check_webhooks().fact
    System.objects.update(**expired)
    assert "kedaluwarsa" in health.check_webhooks().fact


def test_without_database_the_process_lives_and_is_not_ready(caplog: pytest.LogCaptureFixture) -> None:
    """pytest refuses the database to this test."""
    host = {"Host": "10.0.0.7"}
    assert Client().get("/healthz/live", headers=host).status_code == 200
    ready = Client().get("/healthz/ready", headers=host)
    assert ready.status_code == 503
    assert ready.json()["conditions"].keys() == {
        *("database", "storage", "scanner", "closed_room", "disk", "backup")
    }
    assert ready.json()["conditions"]["database"] == "broken"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_metrics_need_the_token(well: Staff, settings: Any) -> None:
    assert Client().get("/metrics", headers={"Authorization": "Bearer salah"}).status_code == 401
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", headers=TOKEN).status_code == 404


def test_a_first_backup_is_missing_only_if_rembuk_makes_backups(well: Staff, settings: Any) -> None:
    (settings.DATA_DIR / "last-backup").unlink()
    ready = Client().get("/healthz/ready")
    assert (ready.status_code, ready.json()["conditions"]["backup"]) == (200, "unknown")
    page = client_of(well.admin).get("/pengaturan/sistem/").text
    assert "Semuanya berjalan baik." not in page
    assert "1 hal tidak dapat diketahui." in page
    settings.BACKUP_DIR = "/var/backups/rembuk"
    assert Client().get("/healthz/ready").json()["conditions"]["backup"] == "attention"


def test_a_silent_valkey_is_named_although_the_database_replaces_it(
    well: Staff, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ValkeyCache, "silent_until", 0.0)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        location = "redis://{}:{}".format(*unused.getsockname())
    settings.CACHES = {"default": {"BACKEND": "config.valkey.ValkeyCache", "LOCATION": location}}
    conditions = Client().get("/healthz/ready").json()["conditions"]
    assert (conditions["cache"], conditions["valkey"]) == ("ok", "attention")


def test_a_database_of_a_newer_version_is_named(well: Staff) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_applied("socialaccount", "0001_initial")  # of an optional app that is off
    assert Client().get("/healthz/ready").json()["conditions"]["migrations"] == "ok"
    recorder.record_applied("office", "9999_of_tomorrow")
    assert Client().get("/healthz/ready").json()["conditions"]["migrations"] == "broken"
    assert "office.9999_of_tomorrow" in health.check_migrations().fact


@pytest.mark.differs_by_database
def test_figures_that_the_database_does_not_give_hide_no_condition(well: Staff, settings: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consultations_case RENAME TO consultations_case_old")
    answer = Client().get("/metrics", headers=TOKEN)
    assert_says(answer, 200, 'rembuk_condition{name="worker"} 0.0')
    assert "rembuk_open_cases{" not in answer.text


def test_the_page_opens_while_the_folder_of_files_does_not_answer(
    well: Staff, settings: Any, monkeypatch: pytest.MonkeyPatch
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


def test_queries_of_the_state(well: Staff, settings: Any, at_most_queries: Any) -> None:
    for _row in range(30):
        let_a_task_wait(well, settings)
    Client().get("/healthz/ready")
    with at_most_queries(24):
        Client().get("/healthz/ready")
    with at_most_queries(31):
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
    sums = re.findall(r"sum\b( by \(instance\b)?", text)
    assert sums, "an office without a fault must not hide another one"
    assert all(sums)
    if promtool := shutil.which("promtool"):
        subprocess.run([promtool, "check", "rules", RULES], check=True)  # noqa: S603


LOGIN = {"login": "pkd", "password": PASSWORD}
SQLITE = {"ENGINE": "django.db.backends.sqlite3"}
FULL = {**SQLITE, "NAME": "/dev/full", "OPTIONS": {"init_command": "PRAGMA journal_mode = OFF"}}


"""A database on a disk that has no space left."""


@pytest.fixture(params=[False, True], ids=["office", "demo"])
def browser(request: pytest.FixtureRequest, settings: Any) -> Client:
    settings.DEBUG = request.param
    return Client(raise_request_exception=False)


@pytest.fixture
def read_only(staff: Staff) -> Iterator[None]:
    """A database that refuses to write."""
    is_sqlite = connection.vendor == "sqlite"
    connection.check_constraints()  # PostgreSQL would check later, and lock rows
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON" if is_sqlite else "SET TRANSACTION READ ONLY")
    yield
    if is_sqlite:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = OFF")


def says_so(response: Any) -> bool:
    text = response.text
    return response.status_code == 503 and "Retry-After" in response and "Layanan sedang terganggu" in text


@pytest.mark.usefixtures("read_only")
def test_a_database_that_refuses_to_write(browser: Client) -> None:
    lookup = {"code": "7K3M-9Q2X", "phone": "081234567890"}
    for path, sent in (("/lacak/", lookup), ("/masuk/", LOGIN), ("/ajukan/", typed())):
        with transaction.atomic():
            assert says_so(browser.post(path, sent)), path
            transaction.set_rollback(True)  # the refused statement must not end the test's own transaction
    assert browser.get("/lacak/").status_code == 200


@pytest.mark.usefixtures("staff")
@pytest.mark.differs_by_database
def test_a_missing_table(browser: Client) -> None:
    """The new version runs before `migrate`."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE rembuk_cache RENAME TO rembuk_cache_old")
        assert says_so(browser.post("/masuk/", LOGIN))
        cursor.execute("ALTER TABLE rembuk_cache_old RENAME TO rembuk_cache")


@pytest.mark.usefixtures("staff")
def test_a_disk_that_refuses_to_write(browser: Client, settings: Any) -> None:
    settings.MEDIA_ROOT = "/sys/rembuk"  # not even root may write there
    assert says_so(browser.post("/ajukan/", typed(letter=upload("surat.png", image("PNG")))))
    assert not RequestDraft.objects.exists()


@each(
    ("database", "query", "outage"),
    [
        ({**SQLITE, "NAME": "/nowhere/db"}, "SELECT 1", True),
        ({**SQLITE, "NAME": "/dev/null"}, "SELECT missing", False),
        ({**SQLITE, "NAME": "/dev/null"}, "SELECT * FROM missing", True),
        (FULL, "CREATE TABLE x (y)", True),
        ({"ENGINE": "django.db.backends.postgresql", "NAME": "x", "HOST": "/nowhere"}, "SELECT 1", True),
    ],
)
def test_a_mistake_in_a_statement_is_no_outage(db: None, database: Any, query: str, outage: bool) -> None:
    other = ConnectionHandler({"default": database})["default"]
    with pytest.raises(Error) as raised, other.cursor() as cursor:
        cursor.execute(query)
    other.close()
    assert is_outage(raised.value) is outage
    assert is_outage(OSError(errno.ENOSPC, "disk full"))
    assert not is_outage(IntegrityError())
    assert not is_outage(FileNotFoundError(2, ""))


def test_a_stored_request_is_confirmed_although_its_tasks_cannot_be_queued(
    browser: Client, staff: Staff, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

    def refuse(execute: Any, sql: str, *more: Any) -> Any:
        if sql.startswith("INSERT") and "dbtaskresult" in sql:
            raise OperationalError("the server is gone")
        return execute(sql, *more)

    draft = browser.post("/ajukan/", typed(letter=upload("surat.pdf", pdf())))
    with connection.execute_wrapper(refuse), django_capture_on_commit_callbacks(execute=True):
        assert browser.post(draft["Location"])["Location"].startswith("/p/"), "the receipt"


def test_each_request_is_measured_by_name_and_status(staff: Staff) -> None:
    from operations import metrics  # as with METRICS_TOKEN: it registers figures of the database

    request = RequestFactory().get("/")
    request.resolver_match = resolve("/")
    metrics.metrics_middleware(lambda _request: HttpResponse(status=418))(request)
    metrics.FAILED_LOGINS.reset()  # other tests of this process fail to log in too
    Client().post("/masuk/", {"login": "pkd", "password": "salah"})
    counts = metrics.render_counts().decode()
    assert 'rembuk_request_seconds_count{status="418",view="home"} 1.0' in counts
    assert "rembuk_failed_logins_total 1.0" in counts
