"""Command that makes a backup of the database and the files."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from kit import place
from operations.backup.databases import PLACE, BackupError
from operations.backup.snapshot import create_backup


class Command(BaseCommand):
    help = "Makes a backup of the database and all files as one folder with a manifest (docs/backup.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="Folder of the backup (BACKUP_DIR).")
        parser.add_argument(
            "--copy-follows",
            action="store_true",
            help="Do not count this as the last backup: the caller touches `last-backup` after its copy.",
        )

    # Not in_office(): a new version makes a backup before `migrate`, when columns of `Office` are missing.
    def handle(self, *args: Any, folder: str | None, copy_follows: bool, **options: Any) -> None:
        if not (folder or settings.BACKUP_DIR):
            raise CommandError("Name a folder, or set BACKUP_DIR.")
        has_place = PLACE in connection.introspection.table_names()  # since a `migrate`
        if copy_follows and has_place and place.is_copy():
            raise CommandError(
                "This is a copy. Its backups would replace those of the office in the repository. Run "
                "`rembuk resume_sending` first, or make a backup without --copy-follows."
            )
        path = Path(folder or settings.BACKUP_DIR).resolve()
        began = time.monotonic()
        try:
            manifest = create_backup(path)
        except (BackupError, OSError, DatabaseError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        if not copy_follows:
            (settings.DATA_DIR / "last-backup").touch()  # the page "Keadaan sistem" shows when that was
        self.stdout.write("\n".join([str(path), *manifest.describe()]))
        self.stdout.write(f"The backup is complete. It took {time.monotonic() - began:.0f} s.")
