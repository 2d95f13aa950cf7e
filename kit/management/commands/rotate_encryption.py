"""The command `rotate_encryption`: encrypts stored texts and files with the first of ENCRYPTION_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kit.rotation import Rotation


class Command(BaseCommand):
    help = _("Mengenkripsi ulang rahasia yang tersimpan dengan kunci pertama ENCRYPTION_KEYS.")

    def handle(self, *args: Any, **options: Any) -> None:
        rotation = Rotation()
        rotation.run()
        self.stdout.write(
            _("%(count)s rahasia dienkripsi dengan kunci pertama.") % {"count": rotation.changed}
        )
        if rotation.unreadable:
            tables = ", ".join(f"{table}: {count}" for table, count in sorted(rotation.unreadable.items()))
            raise CommandError(
                _(
                    "Tidak terbaca dengan satu pun kunci, disalin dari baris lain, atau berkasnya tidak ada "
                    "(%(tables)s). Tambahkan kunci lama di belakang ENCRYPTION_KEYS, lalu jalankan perintah "
                    "ini lagi. Yang disalin ada di log (finding)."
                )
                % {"tables": tables}
            )
