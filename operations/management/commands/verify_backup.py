"""Command that checks a backup."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operations.backup.snapshot import verify_backup


class Command(BaseCommand):
    help = "Checks all hashes of a backup, and whether its database is readable and whole."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", type=Path, help="Folder of the backup.")

    def handle(self, *args: Any, backup: Path, **options: Any) -> None:
        try:
            manifest, problems = verify_backup(backup.resolve())
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join([str(backup), *manifest.describe()]))
        if problems:
            raise CommandError("\n".join([f"This backup is damaged. Faults: {len(problems)}.", *problems]))
        self.stdout.write("All hashes agree. The database is readable and has all its rows.")
