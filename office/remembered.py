"""Data that is the same for all and changes rarely, kept in the memory of each process.

A model declares `is_remembered = True`. Each change of its table gives the *stamp* a new random value, within
the same transaction. What a process remembers is valid for one value of the stamp, so it is exact on any
number of machines. A request, a task and a command read the stamp once, when they first need it
(`reading_stamp_once`). Other code reads it at each use.

The value is random, not counted: after a rollback it never comes back, and neither does what was remembered
for it. The triggers are created after each `migrate`, because Django rebuilds a table on SQLite to change it,
and the table's triggers are lost then.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.apps import apps
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.http.response import HttpResponseBase

REPLACE = {
    "sqlite": "INSERT OR REPLACE INTO office_stamp (id, value) VALUES (1, hex(randomblob(16)))",
    "postgresql": "INSERT INTO office_stamp (id, value) VALUES (1, gen_random_uuid()) "
    "ON CONFLICT (id) DO UPDATE SET value = EXCLUDED.value",
}

_FUNCTIONS: list[Callable[[], Any]] = []
_stamp_of_request: ContextVar[dict[str, str | None] | None] = ContextVar("stamp_of_request", default=None)


def remembered[T](load: Callable[[], T]) -> Callable[[], T]:
    """Remember the result of a function without arguments until the office's data changes.

    All requests share the result, so nobody may change it. The function reads remembered models only.
    """
    kept: tuple[str, T] | None = None

    @wraps(load)
    def get() -> T:
        nonlocal kept
        stamp = get_stamp()
        found = kept
        if found is None or stamp is None or found[0] != stamp:
            result = load()
            # An open transaction may have changed the data since this request read the stamp.
            kept = (stamp, result) if stamp and stamp == _read() else None
            return result
        return found[1]

    _FUNCTIONS.append(get)
    return get


def remember_all() -> None:
    """Call all these functions, so that what follows makes no query for their data."""
    for get in _FUNCTIONS:
        get()


def get_stamp() -> str | None:
    """Return the stamp, as this request first read it. None: nothing may be remembered."""
    known = _stamp_of_request.get()
    if known is None:
        return _read()
    return known["stamp"] if "stamp" in known else known.setdefault("stamp", _read())


def note_stamp(value: str | None) -> None:
    """Use a stamp that another query of this request has read, if the request has read none yet."""
    known = _stamp_of_request.get()
    if known is not None:
        known.setdefault("stamp", value)


def _read() -> str | None:
    # The models use this file, so it does not use the model.
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM office_stamp WHERE id = 1")
        row = cursor.fetchone()
    return str(row[0]) if row else None


def lock_stamp() -> None:
    """Within a transaction: lock the stamp before rows of remembered models that will be changed.

    Each change locks the stamp before its rows. Who locks rows first can wait for it while it waits for them.
    SQLite has one writer at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM office_stamp WHERE id = 1 FOR NO KEY UPDATE")


def remembering_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Read the stamp at most once in a request."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with reading_stamp_once():
            return get_response(request)

    return middleware


@contextmanager
def reading_stamp_once() -> Iterator[None]:
    """Read the stamp at most once in the block: a request, a task, a job or a command."""
    token = _stamp_of_request.set({})
    try:
        yield
    finally:
        _stamp_of_request.reset(token)


def is_reading_stamp_once() -> bool:
    """Return whether this code is part of a request, a task, a job or a command that reads the stamp once."""
    return _stamp_of_request.get() is not None


def connect_all() -> None:
    """Connect `forget_stamp` to remembered models only: with a receiver, Django reads rows to delete them."""
    for model in list_models():
        for signal in (post_save, post_delete):
            signal.connect(forget_stamp, sender=model)


def forget_stamp(sender: type[Model], **_signal: Any) -> None:
    """Let this request read the stamp again after it has changed remembered data."""
    if known := _stamp_of_request.get():
        known.clear()


def list_models() -> list[type[Model]]:
    """Return all models that declare `is_remembered = True`."""
    return [model for model in apps.get_models() if getattr(model, "is_remembered", False)]


def free_columns(using: str, **_signal: Any) -> None:
    """Let no trigger name columns while they change (receiver of `pre_migrate`).

    PostgreSQL refuses to alter the type of a column that a trigger names.
    """
    install_all(using, names_columns=False)


def install_all(using: str, *, names_columns: bool = True, **_signal: Any) -> None:
    """Create the triggers of all tables that exist, and replace the stamp (receiver of `post_migrate`)."""
    connection = connections[using]
    tables = connection.introspection.table_names()
    if "office_stamp" not in tables:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION replace_stamp() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {REPLACE['postgresql']}; RETURN NULL; END $$"
            )
        for model in list_models():
            if model._meta.db_table in tables:
                for statement in _triggers(model, connection, names_columns):
                    cursor.execute(statement)
        cursor.execute(REPLACE[connection.vendor])


def _triggers(model: type[Model], connection: BaseDatabaseWrapper, names_columns: bool) -> list[str]:
    """Return the statements that create the triggers of a model's table.

    On PostgreSQL they fire before the rows are locked. So all transactions lock the stamp first, and two of
    them cannot wait for each other.
    """
    table = model._meta.db_table
    without = getattr(model, "not_remembered", ()) if names_columns else ()
    columns = ", ".join(str(f.column) for f in model._meta.local_concrete_fields if f.name not in without)
    update = f"UPDATE OF {columns}" if without else "UPDATE"
    if connection.vendor == "postgresql":
        name = f"{table}_stamp"
        events = f"INSERT OR {update} OR DELETE OR TRUNCATE"
        return [
            f"DROP TRIGGER IF EXISTS {name} ON {table}",
            f"CREATE TRIGGER {name} BEFORE {events} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION replace_stamp()",
        ]
    statements = []
    for number, event in enumerate(("INSERT", update, "DELETE")):
        name = f"{table}_stamp_{number}"
        statements += [
            f"DROP TRIGGER IF EXISTS {name}",
            f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {REPLACE['sqlite']}; END",
        ]
    return statements
