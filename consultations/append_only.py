"""Triggers that make the database refuse to change, delete or replace rows of a table.

A model declares `is_append_only = True`. `changeable` names the fields that may still change, `set_once`
those that may only be filled in while they are empty, `growing` those that become longer with each change,
`erasable` those whose text may be replaced by ERASED. The ledger finds an erasure without approval (ADR 41).
The triggers are created after each `migrate`, because Django rebuilds a table on SQLite without them.
"""

import re
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, JSONField, Model, UniqueConstraint

MESSAGE = "history is append-only"

ERASED = "[dihapus]"
"""Text in place of an erased one. On record, so always in Indonesian."""

SQLITE = {
    "no_update": "BEFORE UPDATE ON {table} WHEN {is_changed}",
    "no_delete": "BEFORE DELETE ON {table}",
    "no_replace": "BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {has_key})",
    "no_take_over": "BEFORE UPDATE ON {table} WHEN EXISTS "
    "(SELECT 1 FROM {table} WHERE rowid <> OLD.rowid AND ({has_key}))",
}
"""INSERT OR REPLACE and UPDATE OR REPLACE delete other rows of the new key without firing `no_delete`."""
POSTGRESQL = {
    "no_change": "BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({is_changed})",
    "no_delete": "BEFORE DELETE ON {table} FOR EACH ROW",
    "no_truncate": "BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
}


def list_models() -> list[type[Model]]:
    """Return all models that declare `is_append_only = True`."""
    return [model for model in apps.get_models() if getattr(model, "is_append_only", False)]


def list_tables() -> list[str]:
    """Return the tables of these models."""
    return [model._meta.db_table for model in list_models()]


def install_all(using: str, **_signal: Any) -> None:
    """Create the triggers of all tables that exist (receiver of `post_migrate`)."""
    connection = connections[using]
    install(connection, *set(list_tables()).intersection(connection.introspection.table_names()))


def install(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Refuse changes and deletions of rows of `tables` from now on."""
    remove(connection, *tables)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' "
                "USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
        for model in list_models():
            table = model._meta.db_table
            if table not in tables:
                continue
            conditions = {"is_changed": _is_changed(model), "has_key": _has_key(model, connection)}
            for name, event in _triggers(connection).items():
                refuse = (
                    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
                    if connection.vendor == "sqlite"
                    else "EXECUTE FUNCTION refuse_history_change()"
                )
                cursor.execute(
                    f"CREATE TRIGGER {table}_{name} {event.format(table=table, **conditions)} {refuse}"
                )


def remove(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Remove the triggers of `tables`. Changes and deletions are possible until they are installed again."""
    with connection.cursor() as cursor:
        for table in tables:
            for name in _triggers(connection):
                on = "" if connection.vendor == "sqlite" else f" ON {table}"
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on}")


def _triggers(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return SQLITE if connection.vendor == "sqlite" else POSTGRESQL


def _is_changed(model: type[Model]) -> str:
    """Return the SQL condition that an update touches what must stay."""
    changeable = getattr(model, "changeable", ())
    set_once = getattr(model, "set_once", ())
    growing = getattr(model, "growing", ())
    erasable = getattr(model, "erasable", ())
    conditions, erasures = [], []
    for field in model._meta.local_concrete_fields:
        old, new = f'OLD."{field.column}"', f'NEW."{field.column}"'
        if field.name in set_once:
            conditions.append(f"(CAST({old} AS text) <> '' AND {old} IS DISTINCT FROM {new})")
        elif field.name in growing:
            conditions.append(f"length({new}) <= length({old})")
        elif field.name in erasable:
            erasures.append(f"{old} IS DISTINCT FROM {new}")
            conditions.append(f"({erasures[-1]} AND NOT {_is_erased(field, new)})")
        elif field.name not in changeable:
            conditions.append(f"{old} IS DISTINCT FROM {new}")
    if not (changeable or set_once or growing):  # an update that changes nothing is refused too
        conditions.append(f"NOT ({' OR '.join(erasures)})" if erasures else "1 = 1")
    return " OR ".join(conditions)


def _is_erased(field: Field[Any, Any], new: str) -> str:
    """Return the SQL condition that the new value is ERASED; JSON must contain it."""
    if isinstance(field, JSONField):
        return f"CAST({new} AS text) LIKE '%{ERASED}%'"
    return f"{new} = '{ERASED}'"


def _has_key(model: type[Model], connection: BaseDatabaseWrapper) -> str:
    """Return the SQL condition that an existing row has a key of the new one (SQLite: also its `rowid`)."""
    meta = model._meta
    keys: list[tuple[list[Any], str]] = [
        ([field], "") for field in meta.local_concrete_fields if field.unique
    ]
    for constraint in meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            editor = connection.schema_editor()
            condition = constraint._get_condition_sql(model, editor) or ""  # type: ignore[attr-defined]
            keys.append(([meta.get_field(name) for name in constraint.fields], condition))
    return "rowid = NEW.rowid OR " + " OR ".join(
        " AND ".join(
            [f'"{field.column}" = NEW."{field.column}"' for field in fields]
            + ([condition, re.sub(r'("\w+")', r"NEW.\1", condition)] if condition else [])
        )
        for fields, condition in keys
    )
