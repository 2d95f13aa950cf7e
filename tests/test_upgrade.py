"""An upgrade changes no record of an office."""

import gzip
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection
from django.db.migrations import Migration

from operations.backup.databases import read_facts
from operations.management.commands.settings_doc import list_variables

FIRST = Path(__file__).parent / "first_version.sqlite3.gz"
"""A database as the version with the first migrations wrote it, with its triggers and a seal.

Never change it. It has a consultation and a complaint in each state. The procedure of its office has seven
steps.
"""

CHANGED = {"office_standardcomponent": {"text"}}
"""Columns that an upgrade rewrites: steps and requirements became rows."""

ADDED = """
    SELECT state, kind FROM consultations_case
    WHERE (first_ended_at IS NULL) = (first_closed_at IS NOT NULL OR state = 'DECLINED')
"""
"""Cases without the moment of their first end, or with one too many."""


def list_triggers() -> list[str]:
    return read_facts(connection, []).triggers


def test_an_office_that_begins_with_valkey_has_the_table_that_replaces_it(db: None, settings: Any) -> None:
    """The first migration makes the table only if the settings name it."""
    settings.CACHES = {
        "default": {"BACKEND": "config.valkey.ValkeyCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    migration = import_module("office.migrations.0007_cache_table_beside_valkey")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE rembuk_cache")
        for _number in range(2):
            migration.create_table(None, SimpleNamespace(connection=connection))
        cursor.execute("SELECT count(*) FROM rembuk_cache")


def test_migrations_run_without_triggers(db: None) -> None:
    """On SQLite a table could not be rebuilt; on PostgreSQL an update would name removed columns."""
    before, plan = list_triggers(), [(Migration("0099_next", "office"), False)]
    assert before
    announce(plan=[])
    assert list_triggers() == before
    announce(plan=plan)
    assert list_triggers() == []
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert list_triggers() == before


def announce(**more: Any) -> None:
    emit_pre_migrate_signal(verbosity=0, interactive=False, db="default", **more)


@pytest.fixture
def upgraded(tmp_path: Path) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection, str]]:
    """The database of the first version, the same one after `migrate`, and what `verify_record` says."""
    data = gzip.decompress(FIRST.read_bytes())
    for name in ("before.sqlite3", "rembuk.sqlite3"):
        (tmp_path / name).write_bytes(data)
    environment = {name: value for name, value in os.environ.items() if name not in list_variables()}
    environment |= {"REMBUK_DATA": str(tmp_path), "SECRET_KEY": settings.SECRET_KEY, "LANGUAGE_CODE": "en"}
    said = ""
    for command in ("migrate", "verify_record"):
        arguments = [sys.executable, "manage.py", command]
        said = subprocess.check_output(arguments, cwd=settings.BASE_DIR, env=environment, text=True)  # noqa: S603
    old, new = (sqlite3.connect(tmp_path / name) for name in ("before.sqlite3", "rembuk.sqlite3"))
    with closing(old), closing(new):
        yield old, new, said


@pytest.mark.release
@pytest.mark.same_on_every_database
def test_an_upgrade_keeps_the_records_of_the_first_version(
    upgraded: tuple[sqlite3.Connection, sqlite3.Connection, str],
) -> None:
    old, new, said = upgraded
    tables = list_columns(old)
    states = old.execute("SELECT DISTINCT kind, state FROM consultations_case").fetchall()
    assert len(states) == 33, "each state of a consultation, and of a complaint"
    for table, columns in tables.items():
        kept = sorted(columns & list_columns(new)[table] - CHANGED.get(table, set()))
        rows = [count_rows(database, table, kept) for database in (old, new)]
        assert not rows[0] - rows[1], table
    assert not new.execute(ADDED).fetchall()
    assert "Nothing was changed, deleted, inserted or reordered." in said
    assert list_steps(new) == [f"Langkah {number}" for number in range(1, 8)]
    assert list_moved_types(old, "reports") == list_moved_types(new, "documents")
    assert list_moved_types(new, "reports") == []


def list_moved_types(database: sqlite3.Connection, app: str) -> list[tuple[int, str]]:
    """Return the content types that permissions refer to, of models that an upgrade moves to another app."""
    sql = (
        "SELECT id, model FROM django_content_type WHERE app_label = ? AND model IN ('document', 'register')"
    )
    return database.execute(f"{sql} ORDER BY id", [app]).fetchall()


def list_columns(database: sqlite3.Connection) -> dict[str, set[str]]:
    """Return the columns of the tables, without queues and those of Django, the cache and the full text."""
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'"
    tables = [name for (name,) in database.execute(names) if "_fts" not in name and "_trigrams" not in name]
    ours = [
        name
        for name in tables
        if not name.startswith(("django_", "auth_", "sqlite_", "rembuk_", "kit_", "ledger_pending"))
    ]
    return {name: {row[1] for row in database.execute(f"PRAGMA table_info({name})")} for name in ours}


def count_rows(database: sqlite3.Connection, table: str, columns: list[str]) -> Counter[tuple[Any, ...]]:
    names = ", ".join(f'"{column}"' for column in columns)
    return Counter(database.execute(f"SELECT {names} FROM {table}"))  # noqa: S608


def list_steps(database: sqlite3.Connection) -> list[str]:
    return [text for (text,) in database.execute("SELECT text FROM office_standardstep ORDER BY number")]
