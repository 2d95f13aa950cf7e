"""Command that prints the SQL for a role that may work, but not change what is recorded."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from kit.models import Place
from kit.records import list_models

READ_ONLY = (MigrationRecorder.Migration._meta.db_table, Place._meta.db_table)
"""Tables that only the owner writes."""


def list_grants(role: str, tables: set[str]) -> Iterator[str]:
    """Yield SQL statements that give `role` its rights on `tables`, and take away all others."""
    name, schema = connection.ops.quote_name(role), "SCHEMA public"
    updatable = list_updatable()
    yield "BEGIN;"
    connect = f"format('GRANT CONNECT ON DATABASE %I TO {name}', current_database())"
    yield f"DO $$ BEGIN EXECUTE {connect}; END $$;"  # an office with a name lets nobody else in
    # A temporary table would come before the one that a trigger names.
    shadows = "format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database())"
    yield f"DO $$ BEGIN EXECUTE {shadows}; END $$;"
    yield f"REVOKE CREATE ON {schema} FROM PUBLIC;"
    yield f"REVOKE ALL ON {schema} FROM {name};"
    yield f"GRANT USAGE ON {schema} TO {name};"
    for kind in ("TABLES", "SEQUENCES"):
        yield f"REVOKE ALL ON ALL {kind} IN {schema} FROM {name};"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN {schema} TO {name};"
    for table in sorted(tables):
        quoted = connection.ops.quote_name(table)
        if table in READ_ONLY:
            yield f"GRANT SELECT ON {quoted} TO {name};"
        elif table not in updatable:
            yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {quoted} TO {name};"
        else:
            columns = ", ".join(map(connection.ops.quote_name, sorted(updatable[table])))
            yield f"GRANT SELECT, INSERT{f', UPDATE ({columns})' if columns else ''} ON {quoted} TO {name};"
    yield "COMMIT;"


def list_updatable() -> dict[str, set[str]]:
    """Return the columns of each append-only table that may still be filled or erased."""
    found = {}
    for model in list_models():
        names = {*getattr(model, "set_once", ()), *getattr(model, "erasable", ())}
        found[model._meta.db_table] = {str(model._meta.get_field(name).column) for name in names}  # type: ignore[union-attr]
    return found


class Command(BaseCommand):
    help = (
        "Prints the SQL (PostgreSQL) by which ROLE may do all that the application does, and no more: only "
        "INSERT and SELECT on the history, the audit log and the chain. The owner of the tables runs it, as "
        "`rembuk migrate` does each time; it and ROLE must be two roles. See “Two roles of the database” in "
        "operations.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="Role of the application, with a login of its own.")

    def handle(self, *args: Any, role: str, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("SQLite has no roles. Whoever can write its file can change it.")
        with connection.cursor() as cursor:
            tables = set(connection.introspection.table_names(cursor))
        if MigrationRecorder.Migration._meta.db_table not in tables:
            raise CommandError("Run manage.py migrate first.")
        for line in list_grants(role, tables):
            self.stdout.write(line)
