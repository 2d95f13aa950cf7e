"""Command that verifies the record against its chain and its seals."""

import datetime as dt
import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from office.worktime import in_office
from trust.ledger.models import AuditDeletion, Disposal, Pending, Seal
from trust.ledger.services import verify
from trust.ledger.verification import Verification


def _copy(text: str) -> tuple[tuple[int, int], str]:
    """Return number and head of a seal from outside: `2026/45=ab12...`."""
    found = re.fullmatch(r"(\d{4})/(\d{1,9})=([0-9a-f]{64})", text.lower())
    if not found:
        raise ArgumentTypeError("write YEAR/NUMBER=HEAD, with a head of 64 hexadecimal digits")
    return (int(found[1]), int(found[2])), found[3]


class Command(BaseCommand):
    help = (
        "Verifies the record: finds each changed, deleted, inserted or reordered row of the sealed tables, "
        "each document whose file was changed, gaps in the agenda numbers, a broken chain or seal. Prints "
        "each finding with its first seal. Exit status 1 if something is found. Runs each night by itself; "
        "run it after `restore`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        part = parser.add_mutually_exclusive_group()
        part.add_argument("--year", type=int, help="Only the leaves of one year.")
        part.add_argument(
            "--since",
            type=dt.date.fromisoformat,
            metavar="DATE",
            help="Only leaves after the last seal before DATE.",
        )
        parser.add_argument("--no-files", action="store_true", help="Do not read the files of documents.")
        parser.add_argument(
            "--seal",
            type=_copy,
            action="append",
            default=[],
            metavar="YEAR/NUMBER=HEAD",
            help="Compare with a seal from outside: a mail, a printed agenda book. Repeat it for several.",
        )
        parser.add_argument(
            "--witness",
            action="append",
            default=[],
            metavar="URL",
            help="Compare with what another installation remembers of this one, instead of WITNESSES. Exit "
            "status 2 if it does not answer.",
        )

    @in_office()
    def handle(self, *args: Any, **options: Any) -> None:
        after = self._get_seal_before(options["since"])
        verification = Verification(
            year=options["year"],
            after=after,
            has_files=not options["no_files"],
            copies=dict(options["seal"]),
            witnesses=[url.rstrip("/") for url in options["witness"]] or settings.WITNESSES,
        )
        check = verify(verification, report=self.stdout.write)
        self.stdout.write(
            f"{verification.leaves} leaves and {verification.files} files verified in {check.seconds} s. "
            f"{Pending.objects.count()} rows wait for their leaf."
        )
        if verification.deleted:
            for deletion in AuditDeletion.objects.order_by("pk"):
                self.stdout.write(
                    f"Audit log: {deletion.rows} rows from before {deletion.first_kept} were deleted on "
                    f"{timezone.localtime(deletion.at):%Y-%m-%d}."
                )
        for disposal in Disposal.objects.filter(pk__in=verification.erased).order_by("pk"):
            self.stdout.write(
                f"{verification.erased[disposal.pk]} parts of rows were erased by approval {disposal.pk} of "
                f"{disposal.decided_at:%Y-%m-%d} ({disposal.rule}, {disposal.rows} records)."
            )
        for compared in verification.compared:
            self.stdout.write(f"Compared with the witness {compared}.")
        for reason in verification.not_compared:
            self.stdout.write(f"NOT compared with the witness {reason}.")
        if check.findings:
            raise CommandError(f"{check.findings} findings. See “If verify_record finds something”.")
        if verification.not_compared:
            raise CommandError("Nothing was found here, but a witness was not compared.", returncode=2)
        self.stdout.write("Nothing was changed, deleted, inserted or reordered.")

    def _get_seal_before(self, day: dt.date | None) -> Seal | None:
        if day is None:
            return None
        seal = Seal.objects.filter(day__lt=day).order_by("day").last()
        if seal is None:
            raise CommandError(f"There is no seal before {day}.")
        return seal
