"""Signing with the office's certificate in a PKCS#12 file (`SIGNER=pkcs12`)."""

import logging

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata

from office.models import Office, User
from reports.signing.key_file import open_key_file
from reports.signing.pades import failed, sign_pdf
from reports.signing.signature import Signature, SigningFailed
from reports.signing.signature_field import FIELD
from reports.signing.validation import get_added_signature

logger = logging.getLogger(__name__)


class Pkcs12:
    """The office's certificate, which everyone with the passphrase shares."""

    name = "pkcs12"
    label: Promise = _("Frasa sandi (passphrase) sertifikat kantor")
    attestation = (
        "Dokumen ini telah ditandatangani secara elektronik. "
        "Perubahan apa pun setelahnya membatalkan tanda tangan itu."
    )

    @sensitive_variables("passphrase")
    def sign(self, content: bytes, *, by: User, title: str, reason: str, passphrase: str) -> Signature:
        """Implement `Adapter.sign()`. The signature names the person and the position."""
        signer = open_key_file(passphrase)
        metadata = PdfSignatureMetadata(
            field_name=FIELD,
            name=f"{by.name}, {title}",
            reason=reason,
            location=Office.load().city or None,
            subfilter=SigSeedSubFilter.PADES,
        )
        signed = sign_pdf(content, metadata, signer)
        found = get_added_signature(content, signed)
        if found is None or found.moment is None:
            logger.error("a signature that was just made does not validate")
            raise SigningFailed(failed())
        return Signature(adapter=self.name, content=signed, signed_at=found.moment, signer=found.signer)
