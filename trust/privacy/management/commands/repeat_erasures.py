"""The command `repeat_erasures`: erases again what a restored backup has brought back."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from office.worktime import in_office
from trust.privacy.erasure import list_left_out, repeat_all, store_missing


class Command(BaseCommand):
    help = (
        "Erases again what was erased under an approval. Run it after each `restore`. LIST is the latest "
        "output of `list_erasures`; approvals that the backup does not have are stored again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("list", nargs="?", type=Path, metavar="LIST")

    @in_office()
    def handle(self, *args: Any, **options: Any) -> None:
        stored = store_missing(_read(options["list"])) if options["list"] else 0
        self.stdout.write(f"{stored} approvals or stops stored again, {repeat_all()} erasures repeated.")
        if codes := list_left_out():
            self.stdout.write(f"Not erased yet (open, retained, or not answered): {', '.join(codes)}")


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} is no list of erasures: {error}") from error
