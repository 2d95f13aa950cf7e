"""Processes remember the office exactly: each change of its tables replaces the stamp."""

from datetime import timedelta

import pytest
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection, models, transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from office import clock
from office.models import Appointment, Office, User
from office.remembered import get_stamp, list_models, remembering_middleware
from office.worktime import WorkingTime
from tests.factories import Staff


@pytest.mark.only_on("postgresql", reason="SQLite rebuilds the table")
def test_a_migration_can_alter_a_column_that_a_trigger_names(staff: Staff) -> None:
    longer = models.CharField(max_length=90)
    longer.set_attributes_from_name("rank")
    longer.model = User
    emit_pre_migrate_signal(0, interactive=False, db="default")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor(atomic=False) as editor:
        editor.alter_field(User, User._meta.get_field("rank"), longer)
    before = get_stamp()
    User.objects.update(rank="Penata")
    assert get_stamp() != before, "a change meanwhile is seen"
    emit_post_migrate_signal(0, interactive=False, db="default")
    before = get_stamp()
    User.objects.update(last_login=None)
    assert get_stamp() == before


@pytest.mark.differs_by_database
@pytest.mark.parametrize("model", list_models(), ids=lambda model: model.__name__)
def test_each_table_has_its_triggers(model: type[Model], staff: Staff) -> None:
    catalog = (
        "SELECT event_manipulation FROM information_schema.triggers WHERE event_object_table = %s"
        if connection.vendor == "postgresql"
        else "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalog, [model._meta.db_table])
        found = " ".join(row[0] for row in cursor.fetchall()).upper()
    assert all(event in found for event in ("INSERT", "UPDATE", "DELETE"))


@pytest.mark.differs_by_database
def test_any_change_is_seen_at_once(staff: Staff) -> None:
    before = get_stamp()
    Office.objects.update(name="Dinas Contoh")
    assert Office.load().name == "Dinas Contoh"
    assert get_stamp() != before
    with connection.cursor() as cursor:
        cursor.execute("UPDATE office_office SET name = 'Dinas Lain'")
    assert Office.load().name == "Dinas Lain"


@pytest.mark.differs_by_database
def test_nothing_remains_of_a_change_that_was_rolled_back(staff: Staff) -> None:
    before = Office.load().name
    with transaction.atomic():
        Office.objects.update(name="Dinas Batal")
        assert Office.load().name == "Dinas Batal"
        transaction.set_rollback(True)
    assert Office.load().name == before


def test_a_request_remembers_nothing_of_its_own_change_that_was_rolled_back(staff: Staff) -> None:
    before = Office.objects.get().name
    Office.objects.update(name=before)  # no process has read the office since

    def view(_request: HttpRequest) -> HttpResponse:
        assert get_stamp()
        with transaction.atomic():
            Office.objects.update(name="Dinas Batal")
            assert Office.load().name == "Dinas Batal"
            transaction.set_rollback(True)
        return HttpResponse()

    remembering_middleware(view)(HttpRequest())
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
    before = get_stamp()
    User.objects.get(pk=staff.kadis.pk).save(update_fields=["password"])
    User.objects.filter(pk=staff.kadis.pk).update(last_login=timezone.now())
    assert get_stamp() == before
    User.objects.filter(pk=staff.kadis.pk).update(is_active=False)
    assert get_stamp() != before


def test_a_request_asks_once(staff: Staff, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"{Office.load()} {WorkingTime.load()} {staff.kadis.current_appointments}")

    with django_assert_num_queries(1):
        remembering_middleware(view)(HttpRequest())


def test_a_request_sees_its_own_changes(staff: Staff) -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        office = Office.load()
        office.name = "Dinas Baru"
        office.save()
        return HttpResponse(Office.load().name)

    assert remembering_middleware(view)(HttpRequest()).content == b"Dinas Baru"  # type: ignore[attr-defined]
