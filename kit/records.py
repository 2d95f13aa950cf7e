"""Database triggers, and tables whose rows the database refuses to change, delete or replace.

A model declares `is_append_only = True`. `changeable` names the fields that may still change. `set_once`
names fields that may be filled in only while they are empty. `growing` names fields that become longer with
each change. `erasable` names fields whose text may be replaced by ERASED. A model with few fields that must
not change names those as `fixed` instead.

Migrations run without triggers: `migrate` drops all of them first and creates them again at the end. Each app
declares its triggers (`declare`), so that the schema can be compared with them. On PostgreSQL each trigger
has its own function, and only the body of the function names columns.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Self

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, CheckConstraint, Field, JSONField, Model, Q, TextChoices

MESSAGE = "history is append-only"

ERASED = "[dihapus]"
"""Text that replaces an erased text. It is stored, so it is Indonesian in each language."""


def refuse(vendor: str, message: str = MESSAGE) -> str:
    """Return the statement of a trigger that raises IntegrityError."""
    if vendor == "sqlite":
        return f"SELECT RAISE(ABORT, '{message}')"
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'"


@dataclass(frozen=True)
class Trigger:
    """Run `action` for each row of `event` that meets `condition`, SQL about OLD and NEW.

    `name` is unique within the table. `event` is INSERT, UPDATE, DELETE or TRUNCATE (PostgreSQL).
    """

    table: str
    name: str
    event: str
    action: str
    condition: str = ""
    time: str = "AFTER"

    @property
    def full_name(self) -> str:
        return f"{self.table}_{self.name}"


def create(connection: BaseDatabaseWrapper, triggers: Iterable[Trigger]) -> None:
    """Create triggers, or replace those of the same names."""
    with connection.cursor() as cursor:
        for trigger in triggers:
            for statement in write(trigger, connection.vendor):
                cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper, triggers: Iterable[Trigger]) -> None:
    """Drop the triggers; ignore those that do not exist."""
    with connection.cursor() as cursor:
        for trigger in triggers:
            on = f" ON {trigger.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.full_name}{on}")


OWN = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
    "WHERE NOT tgisinternal AND tgname = proname AND pg_table_is_visible(tgrelid)",
}
"""Triggers of this module. On PostgreSQL, the function of each has its name."""


def write(trigger: Trigger, vendor: str) -> list[str]:
    """Return the statements that create a trigger. The database stores the text of the last one."""
    name, when = trigger.full_name, f"{trigger.time} {trigger.event} ON {trigger.table}"
    if vendor == "sqlite":
        condition = f" WHEN {trigger.condition}" if trigger.condition else ""
        return [
            f"DROP TRIGGER IF EXISTS {name}",
            f"CREATE TRIGGER {name} {when}{condition} BEGIN {trigger.action}; END",
        ]
    row = {"DELETE": "OLD", "TRUNCATE": "NULL"}.get(trigger.event, "NEW")
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
        f"IF {trigger.condition or 'true'} THEN {trigger.action}; END IF; RETURN {row}; END $body$",
        f"CREATE OR REPLACE TRIGGER {name} {when} "
        f"FOR EACH {'STATEMENT' if trigger.event == 'TRUNCATE' else 'ROW'} EXECUTE FUNCTION {name}()",
    ]


def list_models() -> list[type[Model]]:
    """Return all models that declare `is_append_only = True`."""
    return [model for model in apps.get_models() if getattr(model, "is_append_only", False)]


def list_tables() -> list[str]:
    """Return the tables of all models that declare `is_append_only = True`."""
    return [model._meta.db_table for model in list_models()]


def drop_all(using: str, plan: Iterable[Any], **_signal: Any) -> None:
    """Drop all triggers before migrations (receiver of `pre_migrate`). `post_migrate` creates them again.

    Triggers name tables and columns of the old version. SQLite refuses to rebuild a table that a trigger of
    another table names. PostgreSQL refuses an update if its trigger names a removed column.
    """
    if not list(plan):
        return
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(OWN[connection.vendor])
        for (name,) in cursor.fetchall():
            drops = f"TRIGGER {name}" if connection.vendor == "sqlite" else f"FUNCTION {name}() CASCADE"
            cursor.execute(f"DROP {drops}")


type Source = Callable[[BaseDatabaseWrapper, Collection[str]], Iterable[Trigger]]

_sources: list[Source] = []


def declare(source: Source) -> Source:
    """Let `migrate` create the triggers that `source` yields for a connection and its tables (decorator)."""
    _sources.append(source)
    return source


def list_declared(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Return all triggers that the code declares for the tables that exist."""
    tables = connection.introspection.table_names()
    return [trigger for source in _sources for trigger in source(connection, tables)]


def install_all(using: str, **_signal: Any) -> None:
    """Create all declared triggers (receiver of `post_migrate`)."""
    create(connections[using], list_declared(connections[using]))


def install(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Refuse changes and deletions of rows of `tables` from now on."""
    create(connection, _list_guards(connection, tables))


def remove(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Allow changes and deletions of rows of `tables` until they are guarded again."""
    drop(connection, _list_guards(connection, tables))


def list_changes(columns: Iterable[str]) -> str:
    """Return the SQL condition that an update changes one of the columns."""
    return " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)


def get_changeable(model: type[Model]) -> tuple[str, ...]:
    """Return the fields of an append-only model that may change any number of times."""
    if fixed := getattr(model, "fixed", ()):
        others = (field for field in model._meta.local_concrete_fields if not field.primary_key)
        return tuple(field.name for field in others if field.name not in fixed)
    return tuple(getattr(model, "changeable", ()))


@declare
def _list_guards(connection: BaseDatabaseWrapper, tables: Collection[str]) -> Iterator[Trigger]:
    """Yield the triggers that guard the append-only ones among `tables`.

    On SQLite, two more triggers refuse a row whose key exists: INSERT OR REPLACE and UPDATE OR REPLACE would
    delete the other row without running its DELETE trigger.
    """
    refused = refuse(connection.vendor)
    for model in list_models():
        table = model._meta.db_table
        if table not in tables:
            continue
        yield Trigger(table, "no_update", "UPDATE", refused, _is_changed(model), "BEFORE")
        yield Trigger(table, "no_delete", "DELETE", refused, time="BEFORE")
        if connection.vendor == "postgresql":
            yield Trigger(table, "no_truncate", "TRUNCATE", refused, time="BEFORE")
            continue
        has_key = _has_key(table, connection)
        exists = f"EXISTS (SELECT 1 FROM {table} WHERE {has_key})"  # noqa: S608
        others = f"EXISTS (SELECT 1 FROM {table} WHERE rowid <> OLD.rowid AND ({has_key}))"  # noqa: S608
        yield Trigger(table, "no_replace", "INSERT", refused, exists, "BEFORE")
        yield Trigger(table, "no_take_over", "UPDATE", refused, others, "BEFORE")


def _is_changed(model: type[Model]) -> str:
    """Return the SQL condition that an update makes a change that the model does not allow."""
    changeable = get_changeable(model)
    set_once = getattr(model, "set_once", ())
    growing = getattr(model, "growing", ())
    erasable = getattr(model, "erasable", ())
    conditions, erasures = [], []
    for field in model._meta.local_concrete_fields:
        old, new, changes = (
            f'OLD."{field.column}"',
            f'NEW."{field.column}"',
            list_changes([str(field.column)]),
        )
        if field.name in set_once:
            is_erased = f" AND NOT {_is_erased(field, new)}" if field.name in erasable else ""
            conditions.append(f"(CAST({old} AS text) <> '' AND {changes}{is_erased})")
        elif field.name in growing:
            conditions.append(f"length({new}) <= length({old})")
        elif field.name in erasable:
            erasures.append(changes)
            conditions.append(f"({changes} AND NOT {_is_erased(field, new)})")
        elif field.name not in changeable:
            conditions.append(changes)
    if not (changeable or set_once or growing):  # an update that changes nothing is refused too
        conditions.append(f"NOT ({' OR '.join(erasures)})" if erasures else "1 = 1")
    return " OR ".join(conditions)


def _is_erased(field: "Field[Any, Any]", new: str) -> str:
    """Return the SQL condition that the new value is ERASED, or for JSON, that it contains ERASED."""
    if isinstance(field, JSONField):
        return f"CAST({new} AS text) LIKE '%{ERASED}%'"
    return f"{new} = '{ERASED}'"


KEYS = """
SELECT keys.name, part.name, (SELECT sql FROM sqlite_master WHERE type = 'index' AND name = keys.name)
FROM pragma_index_list(%s) AS keys, pragma_index_info(keys.name) AS part WHERE keys."unique" ORDER BY 1
"""


def _has_key(table: str, connection: BaseDatabaseWrapper) -> str:
    """Return the SQL condition (SQLite) that a row has the same `rowid` or unique key as the new row."""
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [table])
        parts = cursor.fetchall()
    keys = ["rowid = NEW.rowid"]
    for (_name, statement), columns in groupby(parts, key=itemgetter(0, 2)):
        same = [f'"{column}" = NEW."{column}"' for _key, column, _statement in columns]
        _index, _where, condition = (statement or "").partition(" WHERE ")
        if condition:  # the index has only some of the rows
            same += [condition, re.sub(r'("\w+")', r"NEW.\1", condition)]
        keys.append(" AND ".join(f"({one})" for one in same))
    return " OR ".join(keys)


def constraint(name: str, condition: Q, sentence: Any = None) -> CheckConstraint:
    """Return a check constraint. Its name states the rule: `entered_after_it_happened`.

    `sentence` is the error message in the admin. A model that only services write needs none.
    """
    return CheckConstraint(name=name, condition=condition, violation_error_message=sentence)


def get_display(instance: Model, field: "Field[Any, Any]") -> str:
    """Return the label of the stored choice, or the value if unknown, or "". For `_get_FIELD_display`."""
    own = getattr(instance, field.attname)
    return str(next((label for value, label in field.flatchoices if value == own), own or ""))


class MarkedChoices(TextChoices):
    """`NAME = "NAME", Mark.A | Mark.B, "slug", _("Label")`. Marks are an `IntFlag`; both may be left out."""

    marks: int
    slug: str

    def __new__(cls, value: str, marks: int = 0, slug: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_, member.marks, member.slug = value, marks, slug
        return member

    @classmethod
    def marked(cls, mark: int) -> tuple[Self, ...]:
        """Return the members with a mark."""
        return tuple(member for member in cls if member.marks & mark)


class KindField(CharField):
    """Store one of `choices`. The code lists the choices; migrations and the database do not.

    Raise ValueError if another value is saved.
    """

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, options = super().deconstruct()
        options.pop("choices", None)
        return name, "django.db.models.CharField", args, options

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if isinstance(value, str) and self.choices and value not in dict(self.flatchoices):
            raise ValueError(f"{self} has no {value!r}")
        return super().get_db_prep_save(value, connection)
