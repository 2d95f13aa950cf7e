"""Electronic signatures (tanda tangan elektronik): adapters, and validation of signatures.

pyHanko is imported on use because it takes half a second and 15 MB.
"""

import datetime as dt
import logging
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from office.models import User

ADAPTERS = {
    "pkcs12": "documents.signing.pkcs12.Pkcs12",
    "bsre": "documents.signing.bsre.Bsre",
}
"""Classes by the values of `SIGNER`. They are imported on use: pyHanko takes half a second and 15 MB."""


class SigningFailed(Exception):  # noqa: N818 -- an answer to the user, not a fault
    """A document could not be signed. The message is a sentence for the user; nothing was stored."""


class WrongPassphrase(SigningFailed):
    """The passphrase is wrong. A second try may lock the certificate."""


@dataclass(frozen=True)
class Signature:
    """A signed document: `content` is the complete PDF, `signer` the name in the certificate."""

    adapter: str
    content: bytes = field(repr=False)
    signed_at: dt.datetime
    signer: str


class Adapter(Protocol):
    """A way of signing.

    `label` is the label of the passphrase field. `attestation` is printed on the document before it is
    signed, so a document without a valid signature must be discarded.
    """

    name: str
    label: Promise
    attestation: str

    def sign(self, content: bytes, *, by: User, title: str, reason: str, passphrase: str) -> Signature:
        """Append a signature to a PDF in the name of `by`, who holds the position `title`.

        Raise SigningFailed. Call it outside of transactions: it may wait for other machines.
        """


def adapter() -> Adapter | None:
    """Return the adapter that `SIGNER` names, or None if documents are signed on paper (`SIGNER=none`)."""
    path = ADAPTERS.get(settings.SIGNER)
    return import_string(path)() if path else None


if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FoundSignature:
    """A signature found in a PDF.

    `intact`: the covered bytes are unchanged. `covers_all`: nothing follows the signature. The file is as
    it was signed only if both are true. `signer` and `moment` are claims of the signature.
    """

    intact: bool
    covers_all: bool
    signer: str = ""
    moment: dt.datetime | None = None


def list_signatures(content: bytes) -> list[FoundSignature]:
    """Return the signatures in a file in order, or none if it is no readable PDF.

    The content may be hostile. Uses no network.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        # Signatures of other programs may deviate from the standard; the digest decides.
        found = PdfFileReader(BytesIO(content), strict=False).embedded_regular_signatures
        return [_check(signature) for signature in found]
    except Exception as error:  # damaged files raise more than the documented errors
        logger.info("a file cannot be read for signatures: %s", type(error).__name__)
        return []


def get_added_signature(before: bytes, after: bytes) -> FoundSignature | None:
    """Return the signature if `after` is `before` with a valid signature appended, else None."""
    if not after.startswith(before):
        return None
    found = reversed(list_signatures(after))
    return next((signature for signature in found if signature.intact and signature.covers_all), None)


def _check(signature: "EmbeddedPdfSignature") -> FoundSignature:
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    try:
        signature.compute_integrity_info(skip_diff=True)
        same_bytes, really_signed = validate_sig_integrity(
            signature.signer_info,
            signature.signer_cert,
            expected_content_type="data",
            actual_digest=signature.compute_digest(),
        )
        return FoundSignature(
            intact=same_bytes and really_signed,
            covers_all=signature.coverage == SignatureCoverageLevel.ENTIRE_FILE,
            signer=common_name(signature.signer_cert.subject.native),
            moment=_aware(signature.self_reported_timestamp),
        )
    except Exception as error:  # as above
        logger.info("a signature cannot be read: %s", type(error).__name__)
        return FoundSignature(intact=False, covers_all=False)


def common_name(subject: dict[str, str | list[str]]) -> str:
    """Return the name of the certificate holder from the parts of the subject."""
    name = subject.get("common_name") or subject.get("organization_name") or ""
    return name if isinstance(name, str) else ", ".join(name)


def _aware(moment: dt.datetime | None) -> dt.datetime | None:
    return moment.replace(tzinfo=moment.tzinfo or dt.UTC) if moment else None


def load_trust_roots() -> "list[Certificate]":
    """Return the trusted root certificates. Raise OSError or ValueError if they cannot be read."""
    from pyhanko.keys import load_certs_from_pemder_data

    return list(load_certs_from_pemder_data(Path(settings.SIGNER_TRUST_ROOTS).read_bytes()))


def has_trusted_signature(content: bytes) -> bool:
    """Return whether the certificates in a PDF link its last signature to a trusted root.

    Uses no network, so revoked certificates are not detected.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    signature = PdfFileReader(BytesIO(content), strict=False).embedded_regular_signatures[-1]
    known = ValidationContext(trust_roots=load_trust_roots(), allow_fetching=False)
    return bool(validate_pdf_signature(signature, known, skip_diff=True).trusted)
