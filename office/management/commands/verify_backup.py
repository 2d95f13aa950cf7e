"""Command that checks a backup."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from office.backup.manifest import BackupError
from office.backup.verify import verify_backup
from office.backup.wording import describe


class Command(BaseCommand):
    help = "Checks all hashes of a backup, and whether its database is readable and whole."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", type=Path, help="Folder of the backup.")
        parser.add_argument("--decrypt", action="store_true", help="Also check what an encrypted one holds.")
        parser.add_argument("--identity", default="", metavar="FILE", help="Key to decrypt with (age).")

    def handle(self, *args: Any, backup: Path, decrypt: bool, identity: str, **options: Any) -> None:
        try:
            manifest, problems = verify_backup(
                backup.resolve(), decrypts=decrypt or bool(identity), identity=identity
            )
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        for line in describe(backup, manifest):
            self.stdout.write(line)
        if problems:
            raise CommandError("\n".join([f"This backup is damaged. Faults: {len(problems)}.", *problems]))
        if manifest.encryption and not (decrypt or identity):
            self.stdout.write("All stored hashes agree. Its content was not checked: see --decrypt.")
        else:
            self.stdout.write("All hashes agree. The database is readable and has all its rows.")
