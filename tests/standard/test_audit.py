"""The audit log in the database: rows are added only, and whole old years are deleted by one command."""

import datetime as dt
from typing import Any

from django.utils import timezone

from consultations.audit.models import Act, AuditEntry
from consultations.audit.services import record
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
