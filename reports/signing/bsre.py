"""Signing with the signer's certificate at BSrE (`SIGNER=bsre`), through a service on the agency's network.

The response must be the unchanged document with a valid signature appended. If `SIGNER_TRUST_ROOTS` is set,
the certificate must lead to one of them.
"""

import logging

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from pyhanko.pdf_utils.misc import PdfError

from office.models import Office, User
from reports.signing.esign import request_signature
from reports.signing.signature import Signature, SigningFailed
from reports.signing.trust import has_trusted_signature
from reports.signing.validation import get_added_signature

logger = logging.getLogger(__name__)


class Bsre:
    """The signer's own certificate, stored at the Balai Besar Sertifikasi Elektronik (BSrE)."""

    name = "bsre"
    label: Promise = gettext_lazy("Frasa sandi (passphrase) tanda tangan elektronik BSrE Anda")
    attestation = (
        "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang "
        "diterbitkan oleh Balai Besar Sertifikasi Elektronik (BSrE), Badan Siber dan Sandi Negara (BSSN)."
    )

    @sensitive_variables("passphrase")
    def sign(self, content: bytes, *, by: User, title: str, reason: str, passphrase: str) -> Signature:
        """Implement `Adapter.sign()`."""
        if not by.email:
            raise SigningFailed(
                _("Akun Anda belum memiliki surel. Minta administrator mengisi surel yang terdaftar di BSrE.")
            )
        signed = request_signature(
            content,
            email=by.email,
            passphrase=passphrase,
            reason=f"{reason} ({title})",
            location=Office.load().city,
        )
        found = get_added_signature(content, signed)
        if found is None or found.moment is None:
            logger.error(
                "the signing service sent back something else than the document with a valid signature"
            )
            raise SigningFailed(
                _(
                    "Jawaban layanan BSrE bukan dokumen ini dengan tanda tangan yang utuh, "
                    "jadi tidak disimpan. Hubungi administrator."
                )
            )
        if settings.SIGNER_TRUST_ROOTS and not _is_trusted(signed):
            raise SigningFailed(
                _(
                    "Sertifikat pada jawaban layanan BSrE tidak dipercaya, jadi tidak disimpan. "
                    "Hubungi administrator."
                )
            )
        return Signature(adapter=self.name, content=signed, signed_at=found.moment, signer=found.signer)


def _is_trusted(signed: bytes) -> bool:
    try:
        return has_trusted_signature(signed)
    except (OSError, PdfError, ValueError):
        logger.exception("the certificate of the signing service's answer cannot be checked")
        return False
