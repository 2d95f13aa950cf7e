"""Old years of the audit log are deleted as wholes, by one command, and the verification knows of it."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from consultations.audit.models import Act, AuditEntry
from kit import clock
from tests.factories import Staff
from tests.ledger.conftest import list_findings, store_approval
from tests.shared_data import each
from tests.world import without_triggers
from trust.ledger.chain import append_leaves
from trust.ledger.models import AuditDeletion
from trust.ledger.services import make_seal

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def three_years(staff: Staff) -> Staff:
    """Two entries and a seal of each year."""
    for year in (2024, 2025, 2026):
        with clock.set_to(NOW.replace(year=year)):
            for _number in range(2):
                AuditEntry.objects.create(act=Act.LOGIN, user=staff.kadis, at=clock.now())
            append_leaves()
            assert make_seal()
    with clock.set_to(NOW):
        append_leaves()
    return staff


def delete_old_years() -> None:
    call_command("delete_audit_log", stdout=StringIO())


@each(
    ("before", "left"),
    [
        (None, [2024, 2025, 2026]),
        (dt.date(2025, 11, 26), [2025, 2026]),
        (dt.date(2025, 1, 1), [2025, 2026]),
        (dt.date(2026, 11, 6), [2026]),
    ],
)
def test_only_whole_years_are_deleted(before: dt.date | None, left: list[int], three_years: Staff) -> None:
    with clock.set_to(NOW):
        if before:
            store_approval("AUDIT", three_years.kadis, before=before)
            append_leaves()
        delete_old_years()
        assert list_findings() == []
    assert sorted({entry.at.year for entry in AuditEntry.objects.all()}) == left
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute("DELETE FROM audit_auditentry")


def test_the_verification_says_what_was_deleted(three_years: Staff) -> None:
    out = StringIO()
    with clock.set_to(NOW):
        store_approval("AUDIT", three_years.kadis, before=dt.date(2026, 11, 6))
        delete_old_years()
        delete_old_years()  # nothing is left to delete
        call_command("verify_record", stdout=out)
    assert "Audit log: 4 rows from before 2026 were deleted on 2026-11-26." in out.getvalue()
    assert AuditDeletion.objects.count() == 1


def test_a_row_of_a_kept_year_is_missed(three_years: Staff) -> None:
    with clock.set_to(NOW):
        store_approval("AUDIT", three_years.kadis, before=dt.date(2025, 11, 26))
        delete_old_years()
        with without_triggers() as cursor:
            cursor.execute("DELETE FROM audit_auditentry WHERE id = (SELECT min(id) FROM audit_auditentry)")
        (finding,) = list_findings()
    assert "missing" in finding


def test_a_recorded_deletion_covers_no_row_of_this_year(three_years: Staff) -> None:
    with clock.set_to(NOW):
        AuditDeletion.objects.create(first_kept=2030, rows=6)
        with without_triggers() as cursor:
            cursor.execute("DELETE FROM audit_auditentry")
        append_leaves()
        assert len(list_findings()) == 2


def test_a_forged_record_of_a_deletion_is_found(three_years: Staff) -> None:
    forged = "INSERT INTO ledger_auditdeletion (first_kept, rows, at) VALUES (2026, 4, %s)"
    with clock.set_to(NOW), without_triggers() as cursor:
        cursor.execute(forged, [clock.now()])
        cursor.execute("DELETE FROM audit_auditentry")
        found = list_findings()
    assert any("ledger_auditdeletion" in text and "without a leaf" in text for text in found)
