"""The command `list_erasures`: prints the approved erasures, to be stored beside the backups."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from office.worktime import in_office
from trust.privacy.erasure import list_approved


class Command(BaseCommand):
    help = (
        "Prints the approved erasures as JSON: rules, decisions and tracking codes, no names of applicants. "
        "Store the list beside each backup, on another machine. See `repeat_erasures`."
    )

    @in_office()
    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(list(list_approved()), indent=1))
