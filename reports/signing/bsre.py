"""Signing with a personal certificate of BSrE (`SIGNER=bsre`), through a service on the agency's own network.

The service is not believed: what it sends back must be the paper that it was sent, unchanged, with a whole
signature behind it, by a certificate of BSrE where `SIGNER_TRUST_ROOTS` says which those are.
"""

import logging

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from pyhanko.pdf_utils.misc import PdfError

from office.models import Office, User
from reports.signing.esign import signed_by_service
from reports.signing.signature import Signature, SigningFailed
from reports.signing.trust import signed_by_trusted
from reports.signing.validation import seal_added

logger = logging.getLogger(__name__)


class Bsre:
    """The signer's own certificate, kept by the Balai Besar Sertifikasi Elektronik (BSrE)."""

    name = "bsre"
    label: Promise = gettext_lazy("Frasa sandi (passphrase) tanda tangan elektronik BSrE Anda")
    attestation = (
        "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang "
        "diterbitkan oleh Balai Besar Sertifikasi Elektronik (BSrE), Badan Siber dan Sandi Negara (BSSN)."
    )

    @sensitive_variables("passphrase")
    def sign(self, content: bytes, *, by: User, title: str, reason: str, passphrase: str) -> Signature:
        """As `Adapter.sign()` says. The page shows who signs, so the service is asked to draw nothing."""
        if not by.email:
            raise SigningFailed(
                _("Akun Anda belum memiliki surel. Minta administrator mengisi surel yang terdaftar di BSrE.")
            )
        signed = signed_by_service(
            content,
            email=by.email,
            passphrase=passphrase,
            reason=f"{reason} ({title})",
            location=Office.load().city,
        )
        seal = seal_added(content, signed)
        if seal is None or seal.moment is None:
            logger.error("the signing service sent back something else than the paper with a whole signature")
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
        return Signature(adapter=self.name, content=signed, signed_at=seal.moment, signer=seal.signer)


def _is_trusted(signed: bytes) -> bool:
    try:
        return signed_by_trusted(signed)
    except (OSError, PdfError, ValueError):
        logger.exception("the certificate of the signing service's answer cannot be checked")
        return False
