"""Upgrade a database that the version before has filled: schema as in a new one, no row lost."""

import json
import lzma
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from intake.idempotency import hash_submission
from office.encryption import decrypt, hash_token

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
AT_REST = {
    "consultations_case": {"secret", "submission_token"},
    "consultations_hiddenidentity": {"name", "organisation", "address", "phone", "email", "letter_number"},
    "intake_requestdraft": {"token", "typed"},
    "intake_draftfile": {"draft_id", "name"},
}
"""Columns by table that the upgrade encrypts, or replaces by a hash."""
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


def run(*command: str) -> None:
    """Run a command of this version on the old database."""
    parts = [sys.executable, "manage.py", *command, "--settings", "tests.settings"]
    subprocess.run(parts, cwd=settings.BASE_DIR, check=True)  # noqa: S603


KEY = "0a0b0c0d0e0f4a0b8c0d0e0f0a0b0c0d"
"""Token of a draft and of a case in the database of the version before."""


def add_secrets(database: BaseDatabaseWrapper) -> None:
    """Add what the version before stored in clear text: a hidden complainant, a draft and its file."""
    with database.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM consultations_case")
        first, last = cursor.fetchone()
        cursor.execute(
            "INSERT INTO consultations_hiddenidentity "
            "(case_id, name, organisation, address, phone, email, letter_number) "
            "VALUES (%s, 'Wulandari', '', '', '+6281377001122', '', '')",
            [first],
        )
        cursor.execute("UPDATE consultations_case SET submission_token = %s WHERE id = %s", [KEY, last])
        cursor.execute(
            "INSERT INTO intake_requestdraft "
            "(token, kind, language, typed, saved_at, held_key, held_because) "
            """VALUES (%s, 'COMPLAINT', 'id', '{"applicant_name": "Wulandari"}', '2026-11-01', %s, '')""",
            [KEY, KEY],
        )
        cursor.execute(
            "INSERT INTO intake_draftfile (draft_id, field, file, name, content_type, size) "
            "VALUES (%s, 'letter', 'drafts/0a/0b', 'surat.pdf', 'application/pdf', 1)",
            [KEY],
        )


@pytest.mark.differs_by_database
def test_an_upgraded_database_is_like_a_new_one_and_keeps_every_row(
    db: None, old: BaseDatabaseWrapper, tmp_path: Path
) -> None:
    add_secrets(old)
    with old.cursor() as cursor:
        tables = old.introspection.table_names(cursor)
        columns = {}
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')  # noqa: S608
            names = [column[0] for column in cursor.description if column[0] not in AT_REST.get(table, ())]
            columns[table] = ", ".join(f'"{name}"' for name in names)
    rows = {table: read(old, f'SELECT {columns[table]} FROM "{table}"') for table in tables}  # noqa: S608
    assert len(rows["consultations_case"]) == 8
    links = [secret for (secret,) in read(old, "SELECT secret FROM consultations_case")]

    run("backup", str(tmp_path / "backups"))  # by the new version, before it has changed the database
    run("migrate", "-v", "0")

    assert read_schema(old) == read_schema(connection)
    assert read(old, PERMISSIONS) == read(connection, PERMISSIONS)
    for table in tables:
        kept = read(old, f'SELECT {columns[table]} FROM "{table}"')  # noqa: S608
        assert [row for row in rows[table] if row not in kept] == [], table
    found = dict(read(old, "SELECT secret_hash, secret FROM consultations_case"))
    assert {secret: decrypt(found[hash_token(secret)]) for secret in links} == {link: link for link in links}
    identity = read(old, "SELECT name, organisation, phone FROM consultations_hiddenidentity")[0]
    assert [text and decrypt(text) for text in identity] == ["Wulandari", "", "+6281377001122"]
    [(key, typed)] = read(old, "SELECT token_hash, typed FROM intake_requestdraft")
    assert json.loads(decrypt(typed)) == {"applicant_name": "Wulandari"}
    assert key in (hashed := hash_submission(UUID(KEY)), hashed.hex)
    [(draft, name)] = read(old, "SELECT draft_id, name FROM intake_draftfile")
    assert (draft, decrypt(name)) == (key, "surat.pdf")
    tokens = read(old, "SELECT submission_hash FROM consultations_case WHERE submission_hash IS NOT NULL")
    assert tokens == [(key,)]
