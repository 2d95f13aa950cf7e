"""Command that moves the files of an office from the folder to the bucket."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from office.worktime import in_office
from operations.backup.files import move_files

MAX_SHOWN = 20


class Command(BaseCommand):
    help = "Moves all files from the folder to the bucket in STORAGE_URL, and compares their hashes there."

    @in_office()
    def handle(self, *args: Any, **options: Any) -> None:
        moved = move_files()
        self.stdout.write(f"{moved.copied:,} files copied, {moved.found:,} were in the bucket before.")
        if moved.faults:
            raise CommandError("\n".join(["The folder stays as it was.", *moved.faults[:MAX_SHOWN]]))
        self.stdout.write("All hashes agree, and the bucket has each file that the database names.")
        self.stdout.write(f"The folder is now {moved.aside}. Nothing uses it any more.")
