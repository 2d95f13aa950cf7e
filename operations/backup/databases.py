"""Databases: snapshot, check and restore on SQLite and PostgreSQL, and the move from one to the other."""

import contextlib
import datetime as dt
import hashlib
import json
import os
import sqlite3
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import environ
import psycopg
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, OperationalError, connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper as SqliteWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.models import FileField
from django.db.models.functions import Now
from django.db.utils import DEFAULT_DB_ALIAS, load_backend
from django.utils import timezone

from kit import clock
from kit.models import Heartbeat, Place

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace ORDER BY tgname",
}


PLACE = Place._meta.db_table
"""Table that a backup leaves empty, so that a restored database sends nothing (kit/place.py)."""


class BackupError(CommandError):
    """A backup cannot be made or used. The message is for the operator."""


@dataclass(frozen=True)
class Facts:
    """Facts that are compared after a restore: applied migrations, rows by table, triggers."""

    kind: str
    migrations: list[str]
    counts: dict[str, int]
    triggers: list[str]


def read_facts(database: BaseDatabaseWrapper, tables: list[str]) -> Facts:
    """Return the facts of a database, with the rows of these tables."""
    with database.cursor() as cursor:
        counts = {}
        for table in sorted({*tables} - {PLACE}):
            cursor.execute(f"SELECT count(*) FROM {database.ops.quote_name(table)}")  # noqa: S608
            [[counts[table]]] = cursor.fetchall()
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = [f"{app}.{name}" for app, name in cursor.fetchall()]
        cursor.execute(TRIGGERS[database.vendor])
        triggers = [name for (name,) in cursor.fetchall()]
    return Facts(database.vendor, migrations, counts, triggers)


def list_named_files(database: BaseDatabaseWrapper) -> set[str]:
    """Return the names of all files in columns of models, without those of erased rows."""
    found: set[str] = set()
    with database.cursor() as cursor:
        for model in apps.get_models():
            table = database.ops.quote_name(model._meta.db_table)
            unerased = " AND erased_at IS NULL" if hasattr(model, "erased_at") else ""
            for field in model._meta.local_fields:
                if isinstance(field, FileField):
                    column = database.ops.quote_name(str(field.column))
                    cursor.execute(f"SELECT {column} FROM {table} WHERE {column} <> ''{unerased}")  # noqa: S608
                    found |= {name for (name,) in cursor.fetchall()}
    return found


def compare_facts(expected: Facts, found: Facts) -> list[str]:
    """Return a sentence for each difference between two databases."""
    sentences = _compare_counts(expected, found.counts)
    for word, before, after in (
        ("migration", expected.migrations, found.migrations),
        ("trigger", expected.triggers, found.triggers),
    ):
        sentences += [f"The {word} {name} is missing." for name in sorted({*before} - {*after})]
        sentences += [f"The {word} {name} is unexpected." for name in sorted({*after} - {*before})]
    return sentences


def _compare_counts(expected: Facts, found: Mapping[str, int]) -> list[str]:
    return [
        f"Table {table} has {found.get(table, 0)} rows instead of {rows}."
        for table, rows in expected.counts.items()
        if found.get(table, 0) != rows
    ]


@cache
def list_known_migrations() -> set[str]:
    """Return the migrations of this version of Rembuk and its libraries, e.g. `office.0001_initial`."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


@contextlib.contextmanager
def opened_sqlite(path: Path) -> Iterator[BaseDatabaseWrapper]:
    """Open a database file that nobody writes, with the SQL functions of Django."""
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    database = SqliteWrapper({**connection.settings_dict, "NAME": address, "OPTIONS": {}}, "snapshot")
    try:
        yield database
    finally:
        database.close()


class Sqlite:
    """SQLite, copied by VACUUM INTO. `name` is the name of the copy in a backup."""

    name = "database.sqlite3"

    def dump(self, path: Path) -> tuple[Facts, set[str]]:
        """Write a consistent copy of the database; return its facts and the files that it names."""
        tables = connection.introspection.django_table_names(only_existing=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
        if PLACE in tables:  # not before the `migrate` that creates it
            with contextlib.closing(sqlite3.connect(path, autocommit=True)) as copy:
                copy.execute(f"DELETE FROM {PLACE}")  # noqa: S608
        with opened_sqlite(path) as database:
            return read_facts(database, tables), list_named_files(database)

    def check(self, path: Path, expected: Facts) -> list[str]:
        """Return what is wrong with a copy."""
        try:
            with opened_sqlite(path) as database:
                with database.cursor() as cursor:
                    cursor.execute("PRAGMA integrity_check")
                    found = [str(line) for (line,) in cursor.fetchall()]
                if found != ["ok"]:
                    return found
                return compare_facts(expected, read_facts(database, [*expected.counts]))
        except DatabaseError as error:
            return [f"The database cannot be read: {error}."]

    def load(self, path: Path) -> None:
        """Write the copy into the empty database, in one transaction."""
        connection.ensure_connection()
        with opened_sqlite(path) as database, connection.wrap_database_errors:
            database.ensure_connection()
            database.connection.backup(connection.connection)


class PostgreSQL:
    """PostgreSQL, copied by pg_dump and pg_restore of the system, with the methods of `Sqlite`."""

    name = "database.dump"

    def dump(self, path: Path) -> tuple[Facts, set[str]]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            [[snapshot]] = cursor.fetchall()
            # Without comments: only its owner may restore the comment of an extension.
            options = ["--format=custom", "--no-owner", "--no-privileges", "--no-comments"]
            options += [f"--exclude-table-data={PLACE}", f"--snapshot={snapshot}", f"--file={path}"]
            with _running("pg_dump", *options, env=_libpq()):
                pass
            tables = connection.introspection.django_table_names(only_existing=True)
            return read_facts(connection, tables), list_named_files(connection)

    def check(self, path: Path, expected: Facts) -> list[str]:
        """Read the whole dump and count its rows."""
        counts: Counter[str] = Counter()
        table = ""
        try:
            with _running("pg_restore", "--data-only", "--file=-", str(path)) as process:
                for line in process.stdout or ():
                    if table and line == b"\\.\n":
                        table = ""
                    elif table:
                        counts[table] += 1
                    elif line.startswith(b"COPY "):
                        table = line.split(b" ")[1].split(b".")[-1].strip(b'"').decode()
        except BackupError as error:
            return [f"The database cannot be read: {error}"]
        return _compare_counts(expected, counts)

    def load(self, path: Path) -> None:
        options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
        env = _libpq()
        with _running("pg_restore", *options, f"--dbname={env['PGDATABASE']}", str(path), env=env):
            pass
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


type Database = Sqlite | PostgreSQL

DATABASES: dict[str, Database] = {"sqlite": Sqlite(), "postgresql": PostgreSQL()}


def get_database(kind: str = "") -> Database:
    """Return a kind of database: that of this installation, or of a backup."""
    kind = kind or connection.vendor
    if kind not in DATABASES:
        raise BackupError(f"Backups of {kind} are not supported.")
    return DATABASES[kind]


@contextlib.contextmanager
def _running(*arguments: str, env: Mapping[str, str] = {}) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program within the block. Raise BackupError with its messages if it is missing or fails."""
    with tempfile.TemporaryFile() as messages:
        try:
            process = subprocess.Popen(  # noqa: S603
                arguments, env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=messages
            )
        except FileNotFoundError as error:
            raise BackupError(f"{arguments[0]} is not installed (Debian: postgresql-client).") from error
        with process:
            try:
                yield process
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            messages.seek(0)
            text = messages.read().decode(errors="replace").strip()
            raise BackupError(f"{arguments[0]} failed: {text or process.returncode}")


def _libpq() -> dict[str, str]:
    """Return the connection as variables of libpq: arguments would show the password to all users.

    Raise BackupError behind a pooler. It would give a connection on which pg_dump has set an empty
    `search_path` to a web server, which finds no table then.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [[process]] = cursor.fetchall()
    if process != connection.connection.info.backend_pid:
        raise BackupError("DATABASE_URL names a pooler. Let it name the PostgreSQL server.")
    parameters = connection.get_connection_params()
    return {
        option.envvar.decode(): str(parameters[option.keyword.decode()])
        for option in psycopg.pq.Conninfo.get_defaults()
        if option.envvar and parameters.get(option.keyword.decode()) is not None
    }


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
