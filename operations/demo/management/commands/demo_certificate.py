"""The command `demo_certificate`: creates a sample certificate for signing (sertifikat contoh)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kit import clock
from operations.demo.certificate import write_certificate
from operations.demo.people import PASSWORD

KEY_FILE, ROOTS_FILE = "sertifikat-contoh.p12", "otoritas-contoh.pem"


class Command(BaseCommand):
    help = _("Membuat sertifikat contoh di folder data untuk mencoba tanda tangan elektronik.")
    requires_system_checks = ()  # the signing check requires the file that this command creates

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(_("Sertifikat contoh hanya untuk mencoba Rembuk. Jalankan dengan DEBUG=true."))
        key_file, roots_file = settings.DATA_DIR / KEY_FILE, settings.DATA_DIR / ROOTS_FILE
        if key_file.exists():
            self.stdout.write(_("Sertifikat contoh sudah ada: %(file)s") % {"file": key_file})
            return
        write_certificate(key_file, roots_file, now=clock.now())
        self.stdout.write(
            _("Sertifikat contoh dibuat: %(file)s, frasa sandi %(passphrase)s")
            % {"file": key_file, "passphrase": PASSWORD}
        )
