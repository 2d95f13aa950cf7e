"""Command that makes a backup of the database and the files."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from office.backup.create import create_backup
from office.backup.manifest import BackupError
from office.backup.wording import describe


class Command(BaseCommand):
    help = "Makes a backup of the database and all files as one folder with a manifest (docs/backup.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", nargs="?", help="Folder in which backups are stored (BACKUP_DIR).")
        parser.add_argument("--keep", type=int, help="Complete backups to keep, 0 for all (BACKUP_KEEP).")
        parser.add_argument(
            "--encrypt", metavar="PROGRAM:RECIPIENT", help="age:KEY or gpg:KEY (BACKUP_ENCRYPT)."
        )

    # Not in_office(): a new version makes a backup before `migrate`, when columns of `Office` are missing.
    def handle(
        self, *args: Any, target: str | None, keep: int | None, encrypt: str | None, **options: Any
    ) -> None:
        folder = target or settings.BACKUP_DIR
        if not folder:
            raise CommandError("Name a folder, or set BACKUP_DIR.")
        keep = settings.BACKUP_KEEP if keep is None else keep
        if keep < 0:
            raise CommandError("--keep must be 0 or more.")
        encryption = settings.BACKUP_ENCRYPT if encrypt is None else encrypt
        began = time.monotonic()
        try:
            backup = create_backup(Path(folder).resolve(), encryption=encryption, keep=keep)
        except (BackupError, OSError, DatabaseError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        (settings.DATA_DIR / "last-backup").touch()  # the page "Keadaan sistem" shows when that was
        for line in describe(backup.folder, backup.manifest):
            self.stdout.write(line)
        self.stdout.write(f"{backup.linked} files had not changed and take no more space.")
        if backup.removed:
            self.stdout.write(f"Removed: {', '.join(backup.removed)}.")
        if backup.not_removed:
            self.stderr.write(f"Old backups stay: {backup.not_removed}.")
        self.stdout.write(f"The backup is complete. It took {time.monotonic() - began:.0f} s.")
