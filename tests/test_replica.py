"""The read replica (REPLICA_URL): a second database that only some pages read, and only while it is fresh."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models.functions import Now
from django.test import Client
from django.urls import get_resolver

from config.middleware import list_middleware
from config.replica import COOKIE, PAGES
from consultations.enums import State
from consultations.models import Case
from desk.exports import create_export_file
from kit.models import Heartbeat
from office.models import Office
from operations import replica
from reports.models import Export
from tests.factories import ClientOf, Staff, case_at

pytestmark = pytest.mark.only_on("sqlite", reason="the copy of the database is a file")


@pytest.fixture
def copy(
    shared_database: None, staff: Staff, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A copy of the database that knows the staff and a heartbeat, and nothing that comes later."""
    file = tmp_path / "replica.sqlite3"
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
        closing(sqlite3.connect(file)) as target,
    ):
        source.backup(target)
    connections.settings[replica.REPLICA] = connections.settings["default"] | {"NAME": str(file)}
    settings.DATABASE_ROUTERS = ["operations.replica.ReplicaRouter"]
    settings.MIDDLEWARE = list_middleware(has_metrics=False, has_replica=True)
    monkeypatch.setattr(replica.Freshness, "until", 0.0)
    monkeypatch.setattr(replica, "CHECK_EVERY", 0)
    connections[replica.REPLICA].connect()  # Django's test case forbids it later
    beat(dt.timedelta())
    yield file
    connections[replica.REPLICA].close()
    del connections[replica.REPLICA], connections.settings[replica.REPLICA]


def beat(ago: dt.timedelta) -> None:
    Heartbeat.objects.using(replica.REPLICA).update_or_create(
        name="worker", defaults={"kind": Heartbeat.Kind.WORKER, "seen_at": Now() - ago}
    )


def sees(browser: Client, case: Case, path: str = "/permohonan/") -> bool:
    answer = browser.get(path)
    assert answer.status_code == 200
    return case.code in answer.text


def test_pages_that_read_the_copy_exist() -> None:
    assert get_resolver().reverse_dict.keys() >= PAGES


def test_lists_read_the_copy_but_not_after_a_write_of_the_same_user(
    copy: Path, staff: Staff, client_of: ClientOf
) -> None:
    case = case_at(State.REGISTERED, staff)
    browser = client_of(staff.kadis)
    assert not sees(browser, case), "the copy does not know it yet"
    assert sees(browser, case, "/meja/")
    assert sees(browser, case, f"/permohonan/{case.code}/")
    answer = browser.post("/bahasa/", {"language": "id"})
    assert answer.cookies[COOKIE]["max-age"] == 20
    assert sees(browser, case)
    del browser.cookies[COOKIE]
    assert not sees(browser, case)


@pytest.mark.parametrize("fault", ["late", "gone", "damaged"])
def test_a_copy_that_is_late_or_fails_is_not_read(
    fault: str, copy: Path, staff: Staff, client_of: ClientOf
) -> None:
    case = case_at(State.REGISTERED, staff)
    browser = client_of(staff.kadis)
    browser.raise_request_exception = False
    if fault == "late":
        beat(dt.timedelta(seconds=16))
    else:  # it does not answer, or fails in the middle of a page
        table = "kit_heartbeat" if fault == "gone" else "consultations_case"
        with connections[replica.REPLICA].cursor() as cursor:
            cursor.execute(f"DROP TABLE {table}")
    assert sees(browser, case)


def test_transactions_writes_and_office_data_use_the_primary(copy: Path) -> None:
    with replica.reading() as is_from_copy:
        assert is_from_copy
        assert Case.objects.all().db == replica.REPLICA
        assert Office.objects.all().db == "default"
        assert Case.objects.select_for_update().db == "default"
        case = Case()
        case._state.db = replica.REPLICA
        assert replica.ReplicaRouter().db_for_write(Case, instance=case) == "default"


def test_an_export_waits_for_no_copy_that_does_not_know_it(copy: Path, staff: Staff) -> None:
    case_at(State.REGISTERED, staff)
    export = Export.objects.create(table="permohonan", format="csv", by=staff.kadis, title="Kepala Dinas")
    create_export_file.func(str(export.pk))
    export.refresh_from_db()
    assert export.rows == 1, "written from the primary"
