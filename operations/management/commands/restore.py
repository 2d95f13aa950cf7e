"""Command that restores a backup into an empty place."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from operations.backup.snapshot import UnfinishedError, restore_backup


class Command(BaseCommand):
    help = "Restores a backup into an empty database and an empty folder of files. Overwrites nothing."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", type=Path, help="Folder of the backup.")

    def handle(self, *args: Any, backup: Path, **options: Any) -> None:
        try:
            manifest, newer = restore_backup(backup.resolve())
        except UnfinishedError as error:
            where = "the bucket" if settings.STORAGE_URL else settings.MEDIA_ROOT
            advice = f"Empty {where} and the database, and restore again."
            raise CommandError(f"The restore failed: {error}. {advice}") from error
        except (OSError, DatabaseError) as error:
            raise CommandError(f"Nothing was restored: {error}") from error
        self.stdout.write("\n".join([str(backup), *manifest.describe()]))
        self.stdout.write("Restored: rows, migrations and triggers agree with the backup.")
        self.stdout.write("This copy sends nothing until `rembuk resume_sending` names this machine.")
        if newer:
            self.stdout.write(f"Next: rembuk migrate. This Rembuk has {len(newer)} newer migrations.")
        else:
            self.stdout.write("Next: start the web server, the worker and the scheduler.")
