"""Whom the office trusts (`SIGNER_TRUST_ROOTS`): the authorities that issue its signers' certificates."""

from io import BytesIO
from pathlib import Path

from asn1crypto.x509 import Certificate
from django.conf import settings
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext


def roots() -> list[Certificate]:
    """The certificates of the trusted authorities. Raises OSError or ValueError where they cannot be read."""
    return list(load_certs_from_pemder_data(Path(settings.SIGNER_TRUST_ROOTS).read_bytes()))


def signed_by_trusted(content: bytes) -> bool:
    """Whether the last signature of a PDF leads to a trusted authority, by the certificates inside it.

    No network is used, so a certificate that was taken back meanwhile is not noticed.
    """
    signature = PdfFileReader(BytesIO(content), strict=False).embedded_regular_signatures[-1]
    known = ValidationContext(trust_roots=roots(), allow_fetching=False)
    return bool(validate_pdf_signature(signature, known, skip_diff=True).trusted)
