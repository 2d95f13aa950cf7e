"""Database, cache or disk fail: 503 with a sentence, neither 429 nor 500."""

import errno
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import Error, IntegrityError, OperationalError, connection, transaction
from django.db.utils import ConnectionHandler
from django.test import Client

from consultations.intake.models import RequestDraft
from kit.outages import is_outage
from tests.factories import PASSWORD, Staff
from tests.shared_data import each
from tests.submitting import image, pdf, typed, upload

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


def test_a_disk_that_refuses_to_write(browser: Client, staff: Staff, settings: Any) -> None:
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
