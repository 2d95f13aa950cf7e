"""Triggers that queue each new part of a sealed row in the transaction that writes it.

Like those of `consultations.append_only`, they are created after each `migrate`.
"""

from collections.abc import Collection
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ledger.models import Leaf, Pending
from ledger.parts import PARTS, Part

FUNCTION = """
CREATE OR REPLACE FUNCTION ledger_queue() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO {pending} (part, key)
  VALUES (CAST(TG_ARGV[0] AS smallint), replace(CAST(NEW.id AS text), '-', ''));
  RETURN NULL;
END $$
"""


def install_all(using: str, **_signal: Any) -> None:
    """Create the triggers of all tables that exist (receiver of `post_migrate`)."""
    connection = connections[using]
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        if not {Pending._meta.db_table, Leaf._meta.db_table} <= existing:
            return
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION.format(pending=Pending._meta.db_table))
        for part in PARTS:
            if part.table in existing and _has_columns(connection, cursor, part):
                _install(connection, cursor, part)
                _queue_existing(cursor, part)


def remove(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Remove the triggers of `tables` while many rows are inserted at once."""
    with connection.cursor() as cursor:
        for part in _list_parts(tables):
            for name in _list_names(connection, part):
                on = f" ON {part.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def install(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Create the triggers of `tables` again, and queue all rows. A row that has its leaf gets no other."""
    with connection.cursor() as cursor:
        for part in _list_parts(tables):
            _install(connection, cursor, part)
            _queue_all(cursor, part)


def _list_parts(tables: Collection[str]) -> list[Part]:
    return [part for part in PARTS if part.table in tables]


def _list_names(connection: BaseDatabaseWrapper, part: Part) -> list[str]:
    """Return the names of the triggers: on SQLite, one for each event."""
    name = f"{part.table}_ledger_{part.number}"
    if connection.vendor == "postgresql":
        return [name]
    return [f"{name}_{event[:6].lower()}" for event in _list_events(part)]


def _list_events(part: Part) -> list[str]:
    return ["INSERT"] if part.is_fixed else ["INSERT", f"UPDATE OF {_quoted(part)}"]


def _has_columns(connection: BaseDatabaseWrapper, cursor: Any, part: Part) -> bool:
    """Return whether the columns exist. They may not yet, after a `migrate` up to an earlier migration."""
    columns = connection.introspection.get_table_description(cursor, part.table)
    return {*part.columns} <= {column.name for column in columns}


def _install(connection: BaseDatabaseWrapper, cursor: Any, part: Part) -> None:
    events, names = _list_events(part), _list_names(connection, part)
    condition = f" WHEN ({_is_filled(part, 'NEW.')})" if part.filled else ""
    if connection.vendor == "postgresql":
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER {names[0]} AFTER {' OR '.join(events)} ON {part.table} FOR EACH ROW"
            f"{condition} EXECUTE FUNCTION ledger_queue('{part.number}')"
        )
        return
    insert = f"INSERT INTO {Pending._meta.db_table} (part, key) VALUES ({part.number}, {_key('NEW.')})"  # noqa: S608
    for name, event in zip(names, events, strict=True):
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute(f"CREATE TRIGGER {name} AFTER {event} ON {part.table}{condition} BEGIN {insert}; END")


def _queue_existing(cursor: Any, part: Part) -> None:
    """Queue all rows of a part that was never sealed: an upgrade, or a new line of `PARTS`."""
    for table in (Leaf._meta.db_table, Pending._meta.db_table):
        cursor.execute(f"SELECT 1 FROM {table} WHERE part = %s LIMIT 1", [part.number])  # noqa: S608
        if cursor.fetchone():
            return
    _queue_all(cursor, part)


def _queue_all(cursor: Any, part: Part) -> None:
    where = f" WHERE {_is_filled(part)}" if part.filled else ""
    cursor.execute(
        f"INSERT INTO {Pending._meta.db_table} (part, key) "  # noqa: S608
        f"SELECT {part.number}, {_key()} FROM {part.table}{where} ORDER BY id"
    )


def _key(row: str = "") -> str:
    """Return the SQL of the key of a row: the same text on each database."""
    return f"replace(CAST({row}id AS text), '-', '')"


def _is_filled(part: Part, row: str = "") -> str:
    return f"CAST({row}\"{part.filled}\" AS text) <> ''"


def _quoted(part: Part) -> str:
    return ", ".join(f'"{column}"' for column in part.columns)
