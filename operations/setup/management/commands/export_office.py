"""The command `export_office`: writes the office file, or its JSON schema."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from office.worktime import in_office
from operations.setup.office_file import describe_office_file, export_office, to_json


class Command(BaseCommand):
    help = _("Menulis berkas kantor (JSON): identitas, jam, unit kerja, jabatan, pegawai, standar, ruang.")

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help=_("tanpa nama: ke layar"))
        parser.add_argument(
            "--schema", action="store_true", help=_("tulis skema JSON berkas itu, bukan data kantor")
        )

    @in_office()
    def handle(self, *args: Any, file: Path | None, schema: bool, **options: Any) -> None:
        text = to_json(describe_office_file() if schema else export_office())
        if file:
            file.write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text)
