"""Command that verifies the record against its chain and its heads."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from office.worktime import in_office
from trust.record.verification import Verification, verify


def _head(text: str) -> tuple[int, str]:
    """Return number and hash of a head from outside: `1250=ab12...`."""
    found = re.fullmatch(r"(\d{1,18})=([0-9a-f]{64})", text.lower())
    if not found:
        raise ArgumentTypeError("write NUMBER=HASH, with a hash of 64 hexadecimal digits")
    return int(found[1]), found[2]


class Command(BaseCommand):
    help = (
        "Verifies the record: the chain of entries, its heads, each case, person and other row against its "
        "last entry, and each file. Prints what differs, in which tables, and since when. Exit status 1 if "
        "something is found. Runs each night by itself; run it after `restore`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-files", action="store_true", help="Read no files of papers and uploads.")
        parser.add_argument(
            "--head",
            type=_head,
            action="append",
            default=[],
            metavar="NUMBER=HASH",
            help="Compare with a head from outside: a mail, a backup, a printed register. Repeatable.",
        )

    @in_office()
    def handle(self, *args: Any, **options: Any) -> None:
        verification = Verification(copies=dict(options["head"]), reads_files=not options["no_files"])
        check = verify(verification, report=self.stdout.write)
        read = "no files (not checked)" if options["no_files"] else f"{verification.files} files"
        self.stdout.write(f"{verification.entries} entries and {read} verified in {check.seconds} s.")
        if check.findings:
            raise CommandError(f"{check.findings} findings. See “If verify_record finds something”.")
        self.stdout.write("Nothing was changed, deleted, inserted or reordered.")
