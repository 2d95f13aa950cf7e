"""The command `demo_certificate`: creates a self-issued certificate for signing (sertifikat contoh)."""

import datetime as dt
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kit import clock
from operations.demo.people import PASSWORD

OFFICE = "CONTOH - Dinas Rembuk (bukan sertifikat sah)"
AUTHORITY = "CONTOH - Otoritas Demo Rembuk (bukan penerbit sah)"
YEARS = 5


def write_certificate(key_file: Path, roots_file: Path, *, now: dt.datetime) -> None:
    """Write the office's key with its certificate (PKCS#12) and the issuing authority (PEM).

    Replace existing files. The certificate is valid from two years before `now`, for the demo's past.
    """
    begins, ends = now - dt.timedelta(days=2 * 365), now + dt.timedelta(days=YEARS * 365)
    issuing, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

    def certificate(name: str, holder: ec.EllipticCurvePrivateKey, *, issues: bool) -> x509.Certificate:
        usage = x509.KeyUsage(not issues, not issues, False, False, False, issues, issues, False, False)
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name(AUTHORITY))
            .public_key(holder.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=issues, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(issuing, hashes.SHA256())
        )

    root, office = certificate(AUTHORITY, issuing, issues=True), certificate(OFFICE, key, issues=False)
    encryption = BestAvailableEncryption(PASSWORD.encode())
    key_file.touch(mode=0o600)
    content = pkcs12.serialize_key_and_certificates(b"rembuk-demo", key, office, [root], encryption)
    key_file.write_bytes(content)
    roots_file.write_bytes(root.public_bytes(Encoding.PEM))


def _name(text: str) -> x509.Name:
    country = x509.NameAttribute(NameOID.COUNTRY_NAME, "ID")
    return x509.Name([country, x509.NameAttribute(NameOID.COMMON_NAME, text)])


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
