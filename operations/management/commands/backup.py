"""Command that makes a backup of the database and the files."""

import datetime as dt
import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from kit import place
from operations.backup.databases import PLACE, BackupError
from operations.backup.snapshot import Manifest, create_backup, read_manifest


class Command(BaseCommand):
    help = "Makes a backup of the database and all files as one folder with a manifest (docs/backup.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="Folder of the backup (BACKUP_DIR).")
        parser.add_argument(
            "--copy-follows",
            action="store_true",
            help="The caller copies this backup, also if files are missing. Refuses a restored place.",
        )
        parser.add_argument(
            "--copied",
            action="store_true",
            help="Makes no backup: counts the one of which a copy was made. Refuses a new loss of files.",
        )
        parser.add_argument(
            "--accept-missing",
            action="store_true",
            help="With --copied: counts it all the same. From now on, backups without these files count.",
        )

    # Not in_office(): a new version makes a backup before `migrate`, when columns of `Office` are missing.
    def handle(
        self,
        *args: Any,
        folder: str | None,
        copy_follows: bool,
        copied: bool,
        accept_missing: bool,
        **options: Any,
    ) -> None:
        if accept_missing and not copied:
            raise CommandError("--accept-missing needs --copied.")
        if not (folder or settings.BACKUP_DIR):
            raise CommandError("Name a folder, or set BACKUP_DIR.")
        path = Path(folder or settings.BACKUP_DIR).resolve()
        if copied:
            manifest = read_manifest(path)
            if not accept_missing:
                require_whole(manifest)
            count(manifest)
            return
        has_place = PLACE in connection.introspection.table_names()  # since a `migrate`
        if copy_follows and has_place and place.is_copy():
            raise CommandError(
                "This is a copy. Its backups would replace those of the office in the repository. Run "
                "`rembuk resume_sending` first, or make a backup without --copy-follows."
            )
        began = time.monotonic()
        try:
            manifest = create_backup(path)
        except (BackupError, OSError, DatabaseError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        self.stdout.write("\n".join([str(path), *manifest.describe()]))
        self.stdout.write(f"The backup was made. It took {time.monotonic() - began:.0f} s.")
        if not copy_follows:
            require_whole(manifest)


def require_whole(manifest: Manifest) -> None:
    """Raise CommandError if files are missing that were not missing when a backup last counted."""
    last = get_last()
    known = last.read_text(encoding="utf-8").splitlines() if last.exists() else []
    if new := {*manifest.missing} - {*known}:
        raise CommandError(
            f"This backup does not count: {len(new)} files that the database names are newly missing in the "
            "storage. Check REMBUK_DATA, STORAGE_URL and the disk. If they are lost for good, run `rembuk "
            "backup --copied --accept-missing` once."
        )


def count(manifest: Manifest) -> None:
    """Store the time of the backup for the page "Keadaan sistem", and the files that are known to be lost."""
    last, made_at = get_last(), dt.datetime.fromisoformat(manifest.made_at).timestamp()
    last.write_text("\n".join(manifest.missing), encoding="utf-8")
    os.utime(last, (made_at, made_at))


def get_last() -> Path:
    return Path(settings.DATA_DIR) / "last-backup"
