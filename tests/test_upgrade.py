"""Upgrade a database that the version before has filled: schema as in a new one, no row lost."""

import lzma
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

DUMPS = Path(__file__).parent / "dumps"
BEFORE = "0.9"
"""The version whose services made the cases in the dumps: commit 26a68de."""

SCHEMA = {
    "sqlite": "SELECT type, tbl_name, name, sql FROM sqlite_master",
    "postgresql": """
        SELECT 'column', table_name::text, column_name::text,
            concat_ws(' ', udt_name, character_maximum_length, is_nullable, column_default, is_identity)
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal""",
}
PERMISSIONS = """
    SELECT app_label, model, codename FROM auth_permission
    JOIN django_content_type ON django_content_type.id = content_type_id"""


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BaseDatabaseWrapper]:
    """A connection to a database as the version before left it. Its address is in DATABASE_URL."""
    name, address = f"upgrade_{os.getpid()}", settings.DATABASES["default"]
    if sqlite := connection.vendor == "sqlite":
        name = str(tmp_path / "old.sqlite3")
        Path(name).write_bytes(lzma.decompress((DUMPS / f"{BEFORE}.sqlite3.xz").read_bytes()))
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{name}")
    else:
        server = ConnectionHandler({"default": address})["default"]
        server.cursor().execute(f"CREATE DATABASE {name}")
        url = os.environ["DATABASE_URL"].replace("/postgres?", f"/{name}?")
        monkeypatch.setenv("DATABASE_URL", url)
    database = ConnectionHandler({"default": {**address, "NAME": name}})["default"]
    with database.cursor() as cursor:
        if not sqlite:
            cursor.execute(lzma.decompress((DUMPS / f"{BEFORE}.postgresql.sql.xz").read_bytes()).decode())
            cursor.execute("SET search_path = public")
    yield database
    database.close()
    if not sqlite:
        server.cursor().execute(f"DROP DATABASE {name}")
        server.close()


def read_schema(database: BaseDatabaseWrapper) -> list[list[str]]:
    """Return the schema without casts and parentheses: PostgreSQL writes them anew after a dump."""
    found = read(database, SCHEMA[database.vendor])
    return sorted(
        [re.sub(r"::(character varying|text)(\[\])?|[()]", "", str(cell)) for cell in row] for row in found
    )


def read(database: BaseDatabaseWrapper, query: str) -> list[Any]:
    with database.cursor() as cursor:
        cursor.execute(query)
        return sorted(cursor.fetchall(), key=repr)


@pytest.mark.differs_by_database
def test_an_upgraded_database_is_like_a_new_one_and_keeps_every_row(
    db: None, old: BaseDatabaseWrapper
) -> None:
    with old.cursor() as cursor:
        tables = old.introspection.table_names(cursor)
        columns = {}
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')  # noqa: S608
            columns[table] = ", ".join(f'"{column[0]}"' for column in cursor.description)
    rows = {table: read(old, f'SELECT {columns[table]} FROM "{table}"') for table in tables}  # noqa: S608
    assert len(rows["consultations_case"]) == 8

    command = [sys.executable, "manage.py", "migrate", "-v", "0", "--settings", "tests.settings"]
    subprocess.run(command, cwd=settings.BASE_DIR, check=True)  # noqa: S603

    assert read_schema(old) == read_schema(connection)
    assert read(old, PERMISSIONS) == read(connection, PERMISSIONS)
    for table in tables:
        kept = read(old, f'SELECT {columns[table]} FROM "{table}"')  # noqa: S608
        assert [row for row in rows[table] if row not in kept] == [], table
