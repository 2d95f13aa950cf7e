"""Snapshot, check and restore of a database, on SQLite and on PostgreSQL, and the facts that are compared."""

import contextlib
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper as SqliteWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.models import FileField

from operations.backup.manifest import BackupError, Facts

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace ORDER BY tgname",
}


def read_facts(database: BaseDatabaseWrapper, tables: list[str]) -> Facts:
    """Return the facts of a database, with the rows of these tables."""
    with database.cursor() as cursor:
        counts = {}
        for table in sorted(tables):
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
            options = ("--format=custom", "--no-owner", "--no-privileges", "--no-comments")
            with _running("pg_dump", *options, f"--snapshot={snapshot}", f"--file={path}", env=_libpq()):
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
