"""The signatures in a PDF: whether they are whole, and by whom. Trust in the signer is not judged here."""

import datetime as dt
import logging
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seal:
    """A signature found in a PDF.

    `intact`: the bytes that it covers are the ones that were signed. `covers_all`: nothing was added to the
    file after it. Only both together say that the file is as it was signed. `signer` and `moment` are what
    the signature says of itself.
    """

    intact: bool
    covers_all: bool
    signer: str = ""
    moment: dt.datetime | None = None


def seals(content: bytes) -> list[Seal]:
    """The signatures in a file, in their order. Empty where there are none or it is no readable PDF.

    Takes any bytes, also hostile ones, and reads them without network.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        # What other programs sign is not always by the letter of the standard; the digest decides.
        found = PdfFileReader(BytesIO(content), strict=False).embedded_regular_signatures
        return [_seal(signature) for signature in found]
    except Exception as error:  # damaged files break the reader in more ways than it has names for
        logger.info("a file cannot be read for signatures: %s", type(error).__name__)
        return []


def seal_added(before: bytes, after: bytes) -> Seal | None:
    """The signature that makes `after` of `before`: nothing of it changed, a whole signature behind it."""
    if not after.startswith(before):
        return None
    return next((seal for seal in reversed(seals(after)) if seal.intact and seal.covers_all), None)


def _seal(signature: "EmbeddedPdfSignature") -> Seal:
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
        return Seal(
            intact=same_bytes and really_signed,
            covers_all=signature.coverage == SignatureCoverageLevel.ENTIRE_FILE,
            signer=common_name(signature.signer_cert.subject.native),
            moment=_aware(signature.self_reported_timestamp),
        )
    except Exception as error:  # as above
        logger.info("a signature cannot be read: %s", type(error).__name__)
        return Seal(intact=False, covers_all=False)


def common_name(subject: dict[str, str | list[str]]) -> str:
    """The name of a certificate's holder, of the parts of its subject."""
    name = subject.get("common_name") or subject.get("organization_name") or ""
    return name if isinstance(name, str) else ", ".join(name)


def _aware(moment: dt.datetime | None) -> dt.datetime | None:
    return moment.replace(tzinfo=moment.tzinfo or dt.UTC) if moment else None
