"""Triggers that queue each new part of a sealed row in the transaction that writes it (kit/records.py)."""

from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from kit.records import Trigger, create, drop, list_changes
from trust.ledger.models import Leaf, Pending
from trust.ledger.parts import PARTS, Part


def install_all(using: str, **_signal: Any) -> None:
    """Create the triggers of all tables that exist (receiver of `post_migrate`)."""
    connection = connections[using]
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        if not {Pending._meta.db_table, Leaf._meta.db_table} <= existing:
            return
        for part in PARTS:
            if part.table in existing and _has_columns(connection, cursor, part):
                create(connection, _list_triggers(part))
                _queue_existing(cursor, part)


def remove(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Remove the triggers of `tables` while many rows are inserted at once."""
    for part in PARTS:
        if part.table in tables:
            drop(connection, _list_triggers(part))


def install(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Create the triggers of `tables` again, and queue all rows. A row that has its leaf gets no other."""
    for part in PARTS:
        if part.table in tables:
            create(connection, _list_triggers(part))
            with connection.cursor() as cursor:
                _queue_all(cursor, part)


def _list_triggers(part: Part) -> Iterator[Trigger]:
    """Yield the triggers that queue a part when it is written, and when it changes."""
    queue = f"INSERT INTO {Pending._meta.db_table} (part, key) VALUES ({part.number}, {_key('NEW.')})"  # noqa: S608
    filled = _is_filled(part, "NEW.") if part.filled else ""
    yield Trigger(part.table, f"ledger_{part.number}_insert", "INSERT", queue, filled)
    if not part.is_fixed:
        changed = list_changes(part.columns)
        condition = f"({changed}) AND {filled}" if filled else changed
        yield Trigger(part.table, f"ledger_{part.number}_update", "UPDATE", queue, condition)


def _has_columns(connection: BaseDatabaseWrapper, cursor: Any, part: Part) -> bool:
    """Return whether the columns exist. They may not yet, after a `migrate` up to an earlier migration."""
    columns = connection.introspection.get_table_description(cursor, part.table)
    return {*part.columns} <= {column.name for column in columns}


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
