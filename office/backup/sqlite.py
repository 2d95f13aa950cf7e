"""Snapshot, check and restore of an SQLite database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.models import FileField

from office.backup.facts import compare, list_named_files, read_facts
from office.backup.manifest import Facts

NAME = "database.sqlite3"


@contextmanager
def opened(path: Path) -> Iterator[BaseDatabaseWrapper]:
    """Open a database file that nobody writes, with the SQL functions of Django."""
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    database = DatabaseWrapper({**connection.settings_dict, "NAME": address, "OPTIONS": {}}, "snapshot")
    try:
        yield database
    finally:
        database.close()


def dump(path: Path) -> tuple[Facts, dict[str, FileField]]:
    """Write a consistent copy of the database; return its facts and the files that it names."""
    tables = connection.introspection.django_table_names(only_existing=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    with opened(path) as database:
        return read_facts(database, tables), list_named_files(database)


def check(path: Path, expected: Facts) -> list[str]:
    """Return what is wrong with a copy."""
    try:
        with opened(path) as database:
            with database.cursor() as cursor:
                cursor.execute("PRAGMA integrity_check")
                found = [str(line) for (line,) in cursor.fetchall()]
            if found != ["ok"]:
                return found
            return compare(expected, read_facts(database, [*expected.counts]))
    except DatabaseError as error:
        return [f"The database cannot be read: {error}."]


def load(path: Path) -> None:
    """Write the copy into the empty database, in one transaction."""
    connection.ensure_connection()
    with opened(path) as database, connection.wrap_database_errors:
        database.ensure_connection()
        database.connection.backup(connection.connection)
