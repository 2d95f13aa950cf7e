"""Command that prints the SQL for a role that may work, but not change what is recorded."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from trust.ledger.grants import list_grants


class Command(BaseCommand):
    help = (
        "Prints the SQL (PostgreSQL) by which ROLE may do all that the application does, and no more: only "
        "INSERT and SELECT on history, leaves, audit rows and the fixed columns of documents. The owner of "
        "the tables runs it after each `migrate`; it and ROLE must be two roles. See “Two roles of the "
        "database” in operations.md."
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
