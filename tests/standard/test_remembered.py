"""Processes cache the office exactly: each change of its tables changes the version."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from kit import cache, clock
from kit.cache import get_version, list_models, request_middleware
from kit.models import Version
from office.models import Appointment, Office, Room, User
from office.worktime import WorkingTime
from tests.factories import Staff
from tests.threads import run_at_once


@pytest.mark.only_on("postgresql", reason="SQLite rebuilds the table")
def test_a_migration_can_alter_a_column_of_a_trigger(staff: Staff) -> None:
    longer = models.CharField(max_length=90)
    longer.set_attributes_from_name("rank")
    longer.model = User
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor(atomic=False) as editor:
        editor.alter_field(User, User._meta.get_field("rank"), longer)
    before = get_version()
    User.objects.update(rank="Penata")
    assert get_version() != before, "a change meanwhile is seen"


@pytest.mark.differs_by_database
def test_each_table_has_its_triggers(db: None) -> None:
    catalog = (
        "SELECT event_manipulation FROM information_schema.triggers WHERE event_object_table = %s"
        if connection.vendor == "postgresql"
        else "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    )
    for model in list_models():
        with connection.cursor() as cursor:
            cursor.execute(catalog, [model._meta.db_table])
            found = " ".join(row[0] for row in cursor.fetchall()).upper()
        assert all(event in found for event in ("INSERT", "UPDATE", "DELETE")), model


@pytest.mark.differs_by_database
def test_any_change_is_seen_at_once(staff: Staff) -> None:
    before = get_version()
    Office.objects.update(name="Dinas Sosial")
    assert Office.load().name == "Dinas Sosial"
    assert get_version() != before
    with connection.cursor() as cursor:
        cursor.execute("UPDATE office_office SET name = 'Dinas Lain'")
    assert Office.load().name == "Dinas Lain"


@pytest.mark.differs_by_database
def test_nothing_remains_of_a_change_that_was_rolled_back(staff: Staff) -> None:
    before = Office.load().name
    change_in_vain()
    assert Office.load().name == before


def change_in_vain() -> None:
    with transaction.atomic():
        Office.objects.update(name="Dinas Batal")
        assert Office.load().name == "Dinas Batal"
        transaction.set_rollback(True)


def test_a_request_remembers_nothing_of_its_own_change_that_was_rolled_back(staff: Staff) -> None:
    before = Office.objects.get().name
    Office.objects.update(phone="0717-1")  # no process has read the office since

    def view(_request: HttpRequest) -> HttpResponse:
        assert get_version()
        change_in_vain()
        return HttpResponse()

    request_middleware(view)(HttpRequest())
    assert Office.load().name == before


def test_a_reader_cannot_change_what_is_remembered(staff: Staff) -> None:
    Office.load().name = "Dinas Keliru"
    User.objects.get(pk=staff.kadis.pk).current_appointments[0].acting = "Plh."
    assert Office.load().name != "Dinas Keliru"
    assert not User.objects.get(pk=staff.kadis.pk).current_appointments[0].acting


def test_a_clock_that_was_ahead_takes_no_position_away(staff: Staff) -> None:
    Appointment.objects.filter(user=staff.kadis).update(ends=clock.today() + timedelta(days=9))
    with clock.set_to(clock.now() + timedelta(days=99)):
        assert not User.objects.get(pk=staff.kadis.pk).current_appointments
    assert User.objects.get(pk=staff.kadis.pk).current_appointments


def test_a_login_changes_nothing(staff: Staff) -> None:
    before = get_version()
    User.objects.get(pk=staff.kadis.pk).save(update_fields=["password"])
    User.objects.filter(pk=staff.kadis.pk).update(last_login=timezone.now())
    assert get_version() == before
    User.objects.filter(pk=staff.kadis.pk).update(is_active=False)
    assert get_version() != before


def test_a_request_asks_once(staff: Staff, at_most_queries: DjangoAssertNumQueries) -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"{Office.load()} {WorkingTime.load()} {staff.kadis.current_appointments}")

    with at_most_queries(1):
        request_middleware(view)(HttpRequest())


def test_a_request_sees_its_own_changes(staff: Staff) -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        office = Office.load()
        office.name = "Dinas Baru"
        office.save()
        return HttpResponse(Office.load().name)

    assert request_middleware(view)(HttpRequest()).content == b"Dinas Baru"  # type: ignore[attr-defined]


def test_a_cached_function_reads_remembered_tables_alone(staff: Staff) -> None:
    """Changes of another table would not change the version."""
    for load in cache.REMEMBERED:
        Office.objects.update(phone="0717-1")
        with CaptureQueriesContext(connection) as queries:
            load()
        read = {table for query in queries for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"])}
        assert read, load
        assert read <= {Version._meta.db_table, *(model._meta.db_table for model in list_models())}, load


@pytest.mark.only_on("postgresql", reason="SQLite has one writer at a time")
def test_an_open_change_makes_no_other_wait(shared_database: None, staff: Staff) -> None:
    first = get_version()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Office.objects.update(phone="0717-1")
        pool.submit(run_at_once, [lambda: Room.objects.create(name="Ruang Baru")]).result(timeout=10)
        during = pool.submit(run_at_once, [get_version]).result()[0]
    assert len({first, during, get_version()}) == 3
