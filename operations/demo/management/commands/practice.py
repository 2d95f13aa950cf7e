"""The command `practice`: prepares a practice office (kantor latihan), or begins it anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from operations.demo.practice import prepare, require_empty_or_practice, start_anew


class Command(BaseCommand):
    help = _("Menyiapkan kantor latihan dengan pegawai dan permohonan contoh. Aman diulang.")
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        help_text = _("Hapus semua isi kantor latihan dan mulai dari awal.")
        parser.add_argument("--anew", action="store_true", help=help_text)

    def handle(self, *args: Any, anew: bool, **options: Any) -> None:
        if anew:
            start_anew()
            self.stdout.write(_("Kantor latihan dimulai dari awal."))
            return
        require_empty_or_practice()
        call_command("migrate", interactive=False, verbosity=0)
        is_new = prepare()
        self.stdout.write(_("Kantor latihan siap.") if is_new else _("Kantor latihan sudah ada."))
