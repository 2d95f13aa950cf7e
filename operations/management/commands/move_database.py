"""Command that moves the database from SQLite to PostgreSQL."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from operations.backup.databases import move_database


class Command(BaseCommand):
    help = "Moves the SQLite database to an empty PostgreSQL database. The files stay where they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "url",
            help="postgresql://user@host/database. Put the password into PGPASSWORD or ~/.pgpass: other "
            "users of this machine can see arguments.",
        )

    def handle(self, *args: Any, url: str, **options: Any) -> None:
        counts, aside = move_database(url)
        rows = sum(counts.values())
        self.stdout.write(f"Moved {rows:,} rows in {len(counts)} tables. Counts and hashes agree.")
        self.stdout.write(f"The SQLite database is now {aside}. Nothing uses it any more.")
        self.stdout.write("Next: set DATABASE_URL, run `rembuk resume_sending`, start Rembuk, make a backup.")
