"""Command that reads all offices of the province at once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from exchange.province import list_offices, read_office
from office.worktime import in_office


class Command(BaseCommand):
    help = (
        "Reads the offices of PROVINCE now. The scheduler does so each hour. Exit status 1 if one does not "
        "answer as it should."
    )
    requires_system_checks = []

    @in_office()
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PROVINCE:
            raise CommandError("PROVINCE names no office.")
        for listed in settings.PROVINCE:
            read_office.func(listed["site"])
        offices = list_offices()
        for office in offices:
            self.stdout.write(f"{office.name}: {office.failure or 'ok'}")
        if failed := len([office for office in offices if office.failure]):
            raise CommandError(f"{failed} of {len(offices)} offices did not answer.")
