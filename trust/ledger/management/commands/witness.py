"""Command that reads the seals of the installations that this one watches, or begins anew with one."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kit.outgoing import NotReached
from kit.refusal import Refused
from office.worktime import in_office
from trust.ledger.witness import get_remembered, watch


class Command(BaseCommand):
    help = (
        "Reads the seals of the installations in WITNESS_OF now. The scheduler does so each hour. Exit "
        "status 1 if one cannot be read, or if its seals do not follow from the remembered one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--accept",
            metavar="URL",
            help="Begin anew with the newest seal of this installation, for example after it was restored "
            "from a backup. What was remembered stays and is published.",
        )

    @in_office()
    def handle(self, *args: Any, accept: str | None, **options: Any) -> None:
        origins = [accept.rstrip("/")] if accept else settings.WITNESS_OF
        if not set(origins) <= set(settings.WITNESS_OF) or not origins:
            raise CommandError("WITNESS_OF does not name it.")
        wrong = [origin for origin in origins if not self._read(origin, is_new=bool(accept))]
        if wrong:
            raise CommandError(f"Look at {', '.join(wrong)}.")

    def _read(self, origin: str, *, is_new: bool) -> bool:
        try:
            row = watch(origin, is_new=is_new)
        except (NotReached, Refused) as error:
            self.stdout.write(f"{origin}: {error}")
            return False
        row = row or get_remembered(origin)
        self.stdout.write(f"{origin}: {f'{row.day} {row} {row.result}' if row else 'no seal yet'}")
        return row is None or row.is_good
