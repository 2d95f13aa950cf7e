"""Database triggers, and tables whose rows the database refuses to change or delete.

A model declares `is_append_only = True`. `set_once` names fields that may be filled in while they are NULL.
`erasable` names fields whose text may become empty or ERASED.

Migrations run without triggers: `migrate` drops all of them first and creates them again at the end. Each app
declares its triggers (`declare`), so that the schema can be compared with them. On PostgreSQL each trigger
has its own function, and only the body of the function names columns.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, CheckConstraint, Field, Model, Q, TextChoices
from django.dispatch import Signal

entry_left = Signal()
"""Sent with `rows` at the end of an act that has changed what they belong to, in its transaction."""

salts_erased = Signal()
"""Sent with the `row` before `entry_left`, if personal data of what it belongs to were erased."""


def leave_entry(*rows: Model) -> None:
    """Let the record say what the case or person that each row belongs to, or the row, looks like now."""
    entry_left.send(None, rows=rows)


def is_recorded(model: type[Model]) -> bool:
    """Return whether the record says anything of a model. `not_recorded = True` says that it does not."""
    return getattr(model, "not_recorded", ()) is not True


def get_unrecorded(model: type[Model]) -> tuple[str, ...]:
    """Return the fields that a recorded model names in `not_recorded`."""
    return tuple(getattr(model, "not_recorded", ())) if is_recorded(model) else ()


def is_own_subject(model: type[Model]) -> bool:
    """Return whether each row is a subject of the record, although a key leads to a case or a person."""
    return bool(getattr(model, "is_own_subject", False))


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


def list_installed(connection: BaseDatabaseWrapper) -> set[str]:
    """Return the names of the triggers of this module that fire."""
    enabled = " AND tgenabled = 'O'" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(OWN[connection.vendor] + enabled)
        return {name for (name,) in cursor.fetchall()}


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


def list_guards(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Return the triggers of all append-only tables."""
    return [*_list_guards(connection, [model._meta.db_table for model in list_models()])]


def install(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Refuse changes and deletions of rows of `tables` from now on."""
    create(connection, _list_guards(connection, tables))


def remove(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Allow changes and deletions of rows of `tables` until they are guarded again."""
    drop(connection, _list_guards(connection, tables))


def list_changes(columns: Iterable[str]) -> str:
    """Return the SQL condition that an update changes one of the columns."""
    return " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)


@declare
def _list_guards(connection: BaseDatabaseWrapper, tables: Collection[str]) -> Iterator[Trigger]:
    """Yield the two triggers that guard each append-only one among `tables`."""
    refused = refuse(connection.vendor)
    for model in list_models():
        table = model._meta.db_table
        if table in tables:
            yield Trigger(table, "no_update", "UPDATE", refused, _is_changed(model), "BEFORE")
            yield Trigger(table, "no_delete", "DELETE", refused, time="BEFORE")


def _is_changed(model: type[Model]) -> str:
    """Return the SQL condition that an update makes a change that the model does not allow."""
    conditions = []
    for field in model._meta.local_concrete_fields:
        column = str(field.column)
        changes = list_changes([column])
        if field.name in getattr(model, "set_once", ()):
            changes += f' AND OLD."{column}" IS NOT NULL'
        elif field.name in getattr(model, "erasable", ()):
            changes += f""" AND NEW."{column}" NOT IN ('', '{ERASED}')"""
        conditions.append(f"({changes})")
    return " OR ".join(conditions)


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
