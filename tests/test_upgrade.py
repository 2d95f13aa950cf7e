"""Migrations run without triggers, which are created again afterwards."""

from typing import Any

from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection
from django.db.migrations import Migration

from operations.backup.databases import read_facts


def list_triggers() -> list[str]:
    return read_facts(connection, []).triggers


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
