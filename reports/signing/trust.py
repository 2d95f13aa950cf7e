"""Trusted certificate authorities (`SIGNER_TRUST_ROOTS`)."""

from io import BytesIO
from pathlib import Path

from asn1crypto.x509 import Certificate
from django.conf import settings
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext


def load_trust_roots() -> list[Certificate]:
    """Return the trusted root certificates. Raises OSError or ValueError if they cannot be read."""
    return list(load_certs_from_pemder_data(Path(settings.SIGNER_TRUST_ROOTS).read_bytes()))


def has_trusted_signature(content: bytes) -> bool:
    """Return whether the certificates in a PDF link its last signature to a trusted root.

    Uses no network, so revoked certificates are not detected.
    """
    signature = PdfFileReader(BytesIO(content), strict=False).embedded_regular_signatures[-1]
    known = ValidationContext(trust_roots=load_trust_roots(), allow_fetching=False)
    return bool(validate_pdf_signature(signature, known, skip_diff=True).trusted)
