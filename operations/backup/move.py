"""Moving the database from SQLite to PostgreSQL, in one transaction of the new database."""

import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import environ
import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    OperationalError,
    connection,
    connections,
    models,
    transaction,
)
from django.db.models.functions import Now
from django.db.utils import load_backend
from django.utils import timezone

from kit import clock
from kit.models import Heartbeat
from operations.backup.databases import list_known_migrations, read_facts
from operations.backup.manifest import BackupError

SOURCE = "move_source"
"""Alias of the SQLite database. The new one is the default, because migrations write to the default."""

RECENT = dt.timedelta(seconds=60)
"""Age of a heartbeat that means a running process. Workers beat every 10 s, the scheduler every 30 s."""

BATCH = 2_000
"""Rows that are read at a time."""

type Model = type[models.Model]


def move_database(url: str) -> tuple[dict[str, int], Path]:
    """Copy all rows of the SQLite database to the empty PostgreSQL database of `url`, and compare them.

    Then rename the SQLite file, so that no process writes to it by mistake. Return the rows by table, and the
    new name of the file. Raise BackupError if that is not possible; the new database is then empty, and the
    SQLite database as before.
    """
    source = Path(str(connection.settings_dict["NAME"]))
    _require_quiet_source()
    with _connected(url):
        try:
            with _only_writer(), transaction.atomic():
                call_command("migrate", verbosity=0, interactive=False)
                counts = _copy_all()
        except DatabaseError as error:
            raise BackupError(f"The new database refused the rows and is empty again: {error}") from error
    aside = source.with_name(f"{source.stem}-moved-{timezone.localtime(clock.now()):%Y-%m-%d-%H%M%S}.sqlite3")
    source.rename(aside)
    return counts, aside


def list_tables() -> list[Model]:
    """Return the models of all tables, also those between many and many."""
    return [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]


def compute_digest(model: Model, using: str) -> tuple[int, str]:
    """Return the number of rows of a table and a hash of them that does not depend on their order."""
    count = total = 0
    for row in _read_rows(model, using):
        count += 1
        text = json.dumps([_write_canonical(value) for value in row], ensure_ascii=False)
        total += int.from_bytes(hashlib.sha256(text.encode(errors="surrogatepass")).digest())
    return count, f"{total % 2**256:064x}"


def _write_canonical(value: Any) -> str | None:
    """Return a text that is the same for equal values of both databases."""
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, default=str)
    return str(value)


def _read_rows(model: Model, using: str) -> Iterator[tuple[Any, ...]]:
    names = [field.attname for field in _list_fields(model)]
    rows = model._base_manager.using(using).order_by().values_list(*names)
    return iter(rows.iterator(chunk_size=BATCH))


def _list_fields(model: Model) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def _require_quiet_source() -> None:
    if connection.vendor != "sqlite":
        raise BackupError("DATABASE_URL does not name an SQLite database. Only that can be moved.")
    if missing := list_known_migrations() - {*read_facts(connection, []).migrations}:
        raise BackupError(f"Run rembuk migrate first: {len(missing)} migrations are missing.")
    if living := Heartbeat.objects.filter(seen_at__gt=Now() - RECENT):
        names = ", ".join(sorted({beat.kind.lower() for beat in living}))
        raise BackupError(
            f"Rembuk was running less than a minute ago ({names}). Stop the web server, the worker and the "
            "scheduler, wait a minute, and try again."
        )


@contextlib.contextmanager
def _connected(url: str) -> Iterator[None]:
    """Let the database of `url` be the default within the block, and the SQLite database be SOURCE.

    Raise BackupError unless the new database is PostgreSQL and empty.
    """
    if not url.startswith(("postgres://", "postgresql://")):
        raise BackupError("The new database must be PostgreSQL: postgresql://user@host/database")
    sqlite = connections[DEFAULT_DB_ALIAS]
    sqlite.close()
    connections[SOURCE] = sqlite
    try:
        config = connections.configure_settings({DEFAULT_DB_ALIAS: environ.Env.db_url_config(url)})
        connections[DEFAULT_DB_ALIAS] = load_backend(config[DEFAULT_DB_ALIAS]["ENGINE"]).DatabaseWrapper(
            config[DEFAULT_DB_ALIAS]
        )
        if connection.introspection.table_names():
            raise BackupError(
                "The new database already has tables. Nothing was changed. Create an empty one."
            )
        yield
    except OperationalError as error:
        raise BackupError(f"The new database cannot be opened: {error}") from error
    finally:
        connection.close()
        sqlite.close()
        connections[DEFAULT_DB_ALIAS] = sqlite
        del connections[SOURCE]


@contextlib.contextmanager
def _only_writer() -> Iterator[None]:
    """Let nobody write to the SQLite database. Raise BackupError if another process has opened it."""
    with connections[SOURCE].cursor() as cursor:
        try:
            cursor.execute("PRAGMA busy_timeout=1000")
            # Only the one process that has the database open may change this.
            cursor.execute("PRAGMA journal_mode=DELETE")
        except DatabaseError as error:
            raise BackupError(
                "Another process has the SQLite database open. Stop the web server, the worker and the "
                "scheduler, and try again."
            ) from error
    with transaction.atomic(using=SOURCE):
        yield


def _copy_all() -> dict[str, int]:
    """Replace all rows of the new database. Raise BackupError if a table then differs.

    The triggers of append-only tables are disabled until the end of this transaction only.
    """
    tables = list_tables()
    names = [connection.ops.quote_name(model._meta.db_table) for model in tables]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(names)}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for model in tables:
            _copy(model, cursor)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
        _set_sequences(tables, cursor)
        cursor.execute("ANALYZE")
    counts = {}
    for model in tables:
        before, after = compute_digest(model, SOURCE), compute_digest(model, DEFAULT_DB_ALIAS)
        if before != after:
            raise BackupError(f"The table {model._meta.db_table} differs after the copy: {before}, {after}.")
        counts[model._meta.db_table] = after[0]
    return counts


def _copy(model: Model, cursor: Any) -> None:
    fields = _list_fields(model)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    wrapper = connections[DEFAULT_DB_ALIAS]
    statement = f"COPY {connection.ops.quote_name(model._meta.db_table)} ({columns}) FROM STDIN"
    try:
        with cursor.copy(statement) as copy:
            for row in _read_rows(model, SOURCE):
                copy.write_row(
                    [field.get_db_prep_save(value, wrapper) for field, value in zip(fields, row, strict=True)]
                )
    except psycopg.Error as error:
        raise DatabaseError(f"table {model._meta.db_table}: {error}") from error


def _set_sequences(tables: list[Model], cursor: Any) -> None:
    """Let each sequence go on where SQLite has stopped, so that no key is used twice."""
    with connections[SOURCE].cursor() as old:
        old.execute("SELECT name, seq FROM sqlite_sequence")
        last = dict(old.fetchall())
    for model in tables:
        table, key = model._meta.db_table, model._meta.auto_field
        if key and last.get(table):
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, key.column, last[table]]
            )
