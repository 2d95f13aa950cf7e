"""Snapshot, check and restore of a PostgreSQL database, with pg_dump and pg_restore of the system."""

import subprocess
from collections import Counter
from pathlib import Path

import psycopg
from django.db import connection, transaction
from django.db.models import FileField

from office.backup.facts import list_named_files, read_facts
from office.backup.manifest import BackupError, Facts
from office.backup.programs import run, running

NAME = "database.dump"


def dump(path: Path) -> tuple[Facts, dict[str, FileField]]:
    """Write a dump; return the facts of the database at that moment and the files that it names."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        [[snapshot]] = cursor.fetchall()
        # Without comments: only its owner may restore the comment of an extension.
        options = ("--format=custom", "--no-owner", "--no-privileges", "--no-comments")
        run("pg_dump", *options, f"--snapshot={snapshot}", f"--file={path}", env=_environment())
        tables = connection.introspection.django_table_names(only_existing=True)
        return read_facts(connection, tables), list_named_files(connection)


def check(path: Path, expected: Facts) -> list[str]:
    """Return what is wrong with a dump: its whole content is read and its rows are counted."""
    counts: Counter[str] = Counter()
    table = ""
    try:
        with running("pg_restore", "--data-only", "--file=-", str(path), stdout=subprocess.PIPE) as process:
            for line in process.stdout or ():
                if table and line == b"\\.\n":
                    table = ""
                elif table:
                    counts[table] += 1
                elif line.startswith(b"COPY "):
                    table = line.split(b" ")[1].split(b".")[-1].strip(b'"').decode()
    except BackupError as error:
        return [f"The database cannot be read: {error}"]
    return [
        f"Table {name} has {counts[name]} rows instead of {rows}."
        for name, rows in expected.counts.items()
        if counts[name] != rows
    ]


def load(path: Path) -> None:
    """Write the dump into the empty database, in one transaction."""
    options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    environment = _environment()
    run("pg_restore", *options, f"--dbname={environment['PGDATABASE']}", str(path), env=environment)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _environment() -> dict[str, str]:
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
