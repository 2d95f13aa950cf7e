"""The schema of the database, compared with the one that the code makes: tables, triggers, constraints."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import CheckConstraint, Model

from kit import records

TABLES = {
    "sqlite": "SELECT name, type = 'table', sql FROM sqlite_master WHERE type IN ('table', 'view')",
    "postgresql": "SELECT relname, relkind = 'r' AND NOT relhasrules AND NOT relrowsecurity, '' "
    "FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'f', 'p') AND pg_table_is_visible(oid)",
}
"""Name of each table or view, whether it is an ordinary table (without rules that change its rows), SQL."""

TRIGGERS = {
    "sqlite": "SELECT name, tbl_name, sql, '', 1 FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, relname, pg_get_triggerdef(pg_trigger.oid, true), "
    "CASE WHEN tgisinternal THEN '' ELSE prosrc END, tgenabled = 'O' FROM pg_trigger "
    "JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid "
    "WHERE pg_table_is_visible(tgrelid) AND (NOT tgisinternal OR tgenabled <> 'O')",
}
"""Name, table, definition, body of the function, and whether it fires. Those of foreign keys are internal."""

NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'",
}
"""Names of constraints. Those of SQLite that are no indexes are in the SQL of their table."""

CHECKS = """SELECT conname, pg_get_expr(conbin, conrelid), convalidated FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
WHERE contype = 'c' AND relname = %s AND pg_table_is_visible(conrelid)"""


def check_schema() -> Iterator[str]:
    """Yield the tables, triggers and constraints that the code makes otherwise, and the rows against them."""
    models = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    with connection.cursor() as cursor:
        cursor.execute(TABLES[connection.vendor])
        tables = {name: (is_ordinary, sql) for name, is_ordinary, sql in cursor.fetchall()}
        cursor.execute(NAMES[connection.vendor])
        names = {name for (name,) in cursor.fetchall()}
        yield from _check_triggers(cursor, {model._meta.db_table for model in models})
        for model in models:
            table = model._meta.db_table
            is_ordinary, sql = tables.get(table, (False, ""))
            if is_ordinary:
                yield from _check_constraints(cursor, model, names, sql)
            else:
                yield f"table {table}: {'no ordinary table' if table in tables else 'missing'}"


def _check_triggers(cursor: Any, tables: set[str]) -> Iterator[str]:
    expected = {trigger.full_name: trigger for trigger in records.list_declared(connection)}
    cursor.execute(TRIGGERS[connection.vendor])
    for name, table, sql, body, fires in cursor.fetchall():
        trigger = expected.pop(name, None)
        if trigger is None:
            if table in tables:
                yield f"trigger {name} of {table}: {'unknown' if fires else 'disabled'}"
        elif not fires or not _is_same(trigger, sql, body):
            yield f"trigger {name} of {table}: {'changed' if fires else 'disabled'}"
    yield from (f"trigger {name} of {trigger.table}: missing" for name, trigger in expected.items())


def _is_same(trigger: records.Trigger, sql: str, body: str) -> bool:
    statements = records.write(trigger, connection.vendor)
    if connection.vendor == "sqlite":
        return sql == statements[-1]
    function = statements[0].partition("$body$")[2].removesuffix("$body$")
    return (sql, body) == (statements[-1].replace("OR REPLACE ", ""), function)


def _check_constraints(cursor: Any, model: type[Model], names: set[str], sql: str) -> Iterator[str]:
    table = model._meta.db_table
    missing = {
        one.name for one in model._meta.constraints if one.name not in names and f'"{one.name}"' not in sql
    }
    yield from (f"constraint {name} of {table}: missing" for name in sorted(missing))
    conditions = _list_conditions(model)
    if connection.vendor == "sqlite":
        changed = {name for name, condition in conditions.items() if f'"{name}" CHECK {condition}' not in sql}
    else:
        changed = _list_changed(cursor, table, conditions)
    yield from (f"constraint {name} of {table}: changed" for name in sorted(changed - missing))
    for name, condition in conditions.items():
        with transaction.atomic():
            cursor.execute(f"SELECT count(*) FROM {table} WHERE NOT {condition}")  # noqa: S608 -- of our own
            if number := cursor.fetchone()[0]:
                yield f"{table}: {number} rows against {name}"


@cache
def _list_conditions(model: type[Model]) -> dict[str, str]:
    """Return the SQL of the check constraints of a model, by name."""
    editor = connection.schema_editor(collect_sql=True)
    checks = [one for one in model._meta.constraints if isinstance(one, CheckConstraint)]
    written = {one.name: str(one.constraint_sql(model, editor)) for one in checks}
    return {name: text.partition(" CHECK ")[2] for name, text in written.items()}


def _list_changed(cursor: Any, table: str, conditions: dict[str, str]) -> set[str]:
    """Return the constraints that PostgreSQL reads otherwise than those of the code, or has not validated.

    It writes both in the same way when it explains a query.
    """
    cursor.execute(CHECKS, [table])
    stored = {name: (text, is_valid) for name, text, is_valid in cursor.fetchall() if name in conditions}
    pairs = [(name, text, conditions[name]) for name, (text, _is_valid) in stored.items()]
    if not pairs:
        return set()
    columns = ", ".join(f"({text}), ({condition})" for _name, text, condition in pairs)
    cursor.execute(f"EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) SELECT {columns} FROM {table}")  # noqa: S608
    (plan,) = cursor.fetchone()
    output = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Output"]
    same = dict(zip(stored, zip(output[::2], output[1::2], strict=True), strict=True))
    return {name for name, (one, other) in same.items() if one != other or not stored[name][1]}
