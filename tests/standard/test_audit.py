"""The audit log in the database: rows are added only, and whole old years are deleted by one command."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import Act, AuditEntry
from audit.services import record
from office import clock
from tests.factories import Staff

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=timezone.get_default_timezone())


def test_an_entry_is_one_insert_with_the_time_of_the_database(
    staff: Staff, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):  # outside of requests, the stamp is read for the title
        record(Act.LOGIN, by=staff.kadis)
    entry = AuditEntry.objects.get()
    assert entry.title == "Kepala Dinas"
    assert abs(timezone.now() - entry.at) < dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("days", "left"), [(0, [2024, 2025, 2026]), (365, [2025, 2026]), (400, [2025, 2026]), (20, [2026])]
)
def test_only_whole_years_are_deleted(days: int, left: list[int], staff: Staff, settings: Any) -> None:
    for year in (2024, 2025, 2026):
        AuditEntry.objects.create(act=Act.LOGIN, user=staff.kadis, at=NOW.replace(year=year, month=11))
    settings.AUDIT_DAYS = days
    with clock.set_to(NOW):
        call_command("delete_audit_log", stdout=StringIO())
    assert [entry.at.year for entry in AuditEntry.objects.order_by("at")] == left
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM audit_auditentry")
