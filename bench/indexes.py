"""Drops indexes, constraints and triggers while many rows are inserted, and creates them again."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import connection

from kit import records
from ledger import triggers

POSTGRESQL = """
SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname),
    'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname)
        || ' ' || pg_get_constraintdef(oid),
    contype <> 'f'
FROM pg_constraint
WHERE contype IN ('p', 'u') AND conrelid::regclass::text = ANY(%(tables)s)
    OR contype = 'f' AND ARRAY[conrelid::regclass::text, confrelid::regclass::text] && %(tables)s
UNION ALL
SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid), true
FROM pg_index WHERE indrelid::regclass::text = ANY(%(tables)s)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
ORDER BY 3
"""
"""Statements that drop and create: foreign keys first, then keys and indexes."""
SQLITE = """
SELECT 'DROP INDEX "' || name || '"', sql, true FROM sqlite_master
WHERE type = 'index' AND sql IS NOT NULL AND instr(%s, ' ' || tbl_name || ' ')
"""


@contextmanager
def without_indexes(tables: Collection[str]) -> Iterator[None]:
    """Drop the indexes of `tables` and the foreign keys from and to them, and create them at the end.

    PostgreSQL checks all foreign keys then. On SQLite, foreign keys and unique columns stay. The triggers of
    append-only tables go too: on SQLite they look up each new row, and would read the whole table. The
    triggers of the ledger go: all rows are queued at the end.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(SQLITE, [f" {' '.join(tables)} "])
        else:
            connection.check_constraints()  # or a pending check would forbid to alter the table
            cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
            cursor.execute(POSTGRESQL, {"tables": [*tables]})
        statements = cursor.fetchall()
        records.remove(connection, *tables)
        triggers.remove(connection, *tables)
        for drop, _create, _order in statements:
            cursor.execute(drop)
        yield
        for _drop, create, _order in reversed(statements):
            cursor.execute(create)
        records.install(connection, *tables)
        triggers.install(connection, *tables)
