# ruff: noqa: S608 -- statements of an attacker
"""The schema is compared with the one that the code makes."""

import pytest
from django.db import connection, transaction

from tests.factories import Staff
from trust.ledger.schema import check_schema

pytestmark = pytest.mark.differs_by_database

EVENT, CHECK = "consultations_event", "event_says_in_which_position"
GUARD, QUEUE = f"{EVENT}_no_update", f"{EVENT}_ledger_1_insert"
WITHOUT_CHECK = f"ALTER TABLE {EVENT} DROP CONSTRAINT {CHECK}"

EDITS = {
    "table replaced by a view": (
        [
            "ALTER TABLE reports_handover RENAME TO aside",
            "CREATE VIEW reports_handover AS SELECT * FROM aside",
        ],
        "table reports_handover: no ordinary table",
    ),
    "table dropped": (["DROP TABLE ledger_recordcheck"], "table ledger_recordcheck: missing"),
    "unique index dropped": (
        ["DROP INDEX one_open_objection_of_a_case"],
        "constraint one_open_objection_of_a_case of consultations_objection: missing",
    ),
}
OF_SQLITE = {
    "trigger dropped": ([f"DROP TRIGGER {GUARD}"], f"trigger {GUARD} of {EVENT}: missing"),
    "trigger that queues nothing": (
        [f"DROP TRIGGER {QUEUE}", f"CREATE TRIGGER {QUEUE} AFTER INSERT ON {EVENT} BEGIN SELECT 1; END"],
        f"trigger {QUEUE} of {EVENT}: changed",
    ),
    "trigger of a stranger": (
        [f"CREATE TRIGGER mine AFTER INSERT ON {EVENT} BEGIN DELETE FROM ledger_pending; END"],
        f"trigger mine of {EVENT}: unknown",
    ),
    "check weakened": (
        [
            "PRAGMA writable_schema = 1",
            f"UPDATE sqlite_master SET sql = replace(sql, '{CHECK}\" CHECK (', '{CHECK}\" CHECK (1 OR ') "
            f"WHERE name = '{EVENT}'",
            "PRAGMA writable_schema = 0",
        ],
        f"constraint {CHECK} of {EVENT}: changed",
    ),
}
OF_POSTGRESQL = {
    "trigger dropped": ([f"DROP TRIGGER {GUARD} ON {EVENT}"], f"trigger {GUARD} of {EVENT}: missing"),
    "trigger disabled": (
        [f"ALTER TABLE {EVENT} DISABLE TRIGGER {GUARD}"],
        f"trigger {GUARD} of {EVENT}: disabled",
    ),
    "foreign keys disabled": ([f"ALTER TABLE {EVENT} DISABLE TRIGGER ALL"], "trigger RI_ConstraintTrigger"),
    "trigger that queues nothing": (
        [
            f"CREATE OR REPLACE FUNCTION {QUEUE}() RETURNS trigger LANGUAGE plpgsql "
            "AS 'BEGIN RETURN NULL; END'"
        ],
        f"trigger {QUEUE} of {EVENT}: changed",
    ),
    "trigger of a stranger": (
        [f"CREATE TRIGGER mine AFTER INSERT ON {EVENT} FOR EACH ROW EXECUTE FUNCTION {GUARD}()"],
        f"trigger mine of {EVENT}: unknown",
    ),
    "check dropped": ([WITHOUT_CHECK], f"constraint {CHECK} of {EVENT}: missing"),
    "check weakened": (
        [WITHOUT_CHECK, f"ALTER TABLE {EVENT} ADD CONSTRAINT {CHECK} CHECK (title <> 'x')"],
        f"constraint {CHECK} of {EVENT}: changed",
    ),
    "check not validated": (
        [WITHOUT_CHECK, f"ALTER TABLE {EVENT} ADD CONSTRAINT {CHECK} CHECK (NOT (title = '')) NOT VALID"],
        f"constraint {CHECK} of {EVENT}: changed",
    ),
    "rule that drops rows": (
        [f"CREATE RULE hidden AS ON INSERT TO {EVENT} DO INSTEAD NOTHING"],
        f"table {EVENT}: no ordinary table",
    ),
    "rows hidden by a policy": (
        [f"ALTER TABLE {EVENT} ENABLE ROW LEVEL SECURITY"],
        f"table {EVENT}: no ordinary table",
    ),
}


def test_each_change_of_the_schema_is_found(staff: Staff, subtests: pytest.Subtests) -> None:
    assert [*check_schema()] == []
    own = OF_SQLITE if connection.vendor == "sqlite" else OF_POSTGRESQL
    for name, (statements, finding) in {**EDITS, **own}.items():
        with subtests.test(name), transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for statement in statements:
                cursor.execute(statement)
            found = [*check_schema()]
            transaction.set_rollback(True)
            assert any(text.startswith(finding) for text in found), found
    assert [*check_schema()] == []
