"""The command `setup_office`: stores an office file, or the data of the first office in empty tables."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from operations.setup.office_file import OfficeFileError, load_office, read_json
from operations.setup.services import fill_empty_tables


class Command(BaseCommand):
    help = _(
        "Menyimpan data kantor dari berkas kantor (JSON). Tanpa berkas: mengisi tabel yang kosong dengan "
        "data kantor pertama, untuk mencoba."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help=_("berkas dari export_office"))

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        said = self._load(file) if file else self._fill()
        if options["verbosity"]:
            self.stdout.write(said)

    def _load(self, file: Path) -> str:
        try:
            counts = load_office(read_json(file.read_bytes()))
        except OSError as error:
            raise CommandError(_("Berkas tidak dapat dibaca: %(error)s") % {"error": error}) from error
        except OfficeFileError as error:
            lines = [_("Tidak ada yang disimpan. Perbaiki berkas ini:"), *error.problems]
            raise CommandError("\n".join(map(str, lines))) from error
        return ", ".join(f"{name}: {count}" for name, count in counts.items())

    def _fill(self) -> str:
        names = ", ".join(str(model._meta.verbose_name) for model in fill_empty_tables())
        nothing = _("Data kantor sudah ada. Tidak ada yang diubah.")
        return _("Diisi: %(names)s.") % {"names": names} if names else nothing
