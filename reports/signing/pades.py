"""A PAdES signature in a PDF: B-B, or B-LT where a time-stamp authority is set."""

import asyncio
import dataclasses
import logging

from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, async_sign_pdf
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from reports.signing.addition import with_field
from reports.signing.signature import SigningFailed
from reports.signing.trust import roots

logger = logging.getLogger(__name__)

# The proofs stand before the signature, which so covers the whole file: nothing follows it.
PROOFS_COVERED = DSSContentSettings(
    include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
)


def sign_pdf(content: bytes, metadata: PdfSignatureMetadata, signer: SimpleSigner) -> bytes:
    """The PDF with a signature in the field FIELD. Raises SigningFailed, after `SIGNER_TIMEOUT` at most."""
    try:
        return asyncio.run(_sign(content, metadata, signer))
    except TimestampRequestError:
        logger.exception("the time-stamp authority gave no time stamp")
        sentence = _(
            "Layanan stempel waktu (TSA) tidak dapat dihubungi atau menolak permintaan. "
            "Coba lagi beberapa saat lagi; bila tetap gagal, hubungi administrator."
        )
    except TimeoutError:
        logger.exception("signing took longer than SIGNER_TIMEOUT")
        sentence = _(
            "Layanan stempel waktu (TSA) atau penerbit sertifikat terlalu lama menjawab. "
            "Coba lagi beberapa saat lagi; bila tetap gagal, hubungi administrator."
        )
    except (SigningError, PathError, ValidationError):
        logger.exception("a certificate cannot be validated up to SIGNER_TRUST_ROOTS")
        sentence = _(
            "Sertifikat kantor atau sertifikat stempel waktu tidak dipercaya, telah dicabut, "
            "atau tidak dapat diperiksa. Hubungi administrator."
        )
    except (PdfError, ValueError, TypeError, KeyError, OSError):
        logger.exception("a paper cannot be signed")
        sentence = failed()
    raise SigningFailed(sentence)


def failed() -> str:
    """What the user is told where nothing better is known."""
    return _("Dokumen ini tidak berhasil ditandatangani. Coba lagi; bila tetap gagal, hubungi administrator.")


async def _sign(content: bytes, metadata: PdfSignatureMetadata, signer: SimpleSigner) -> bytes:
    paper = with_field(content)
    async with asyncio.timeout(settings.SIGNER_TIMEOUT):
        if not settings.SIGNER_TIMESTAMP_URL:
            return (await async_sign_pdf(paper, metadata, signer, existing_fields_only=True)).getvalue()
        proofs = _proofs()
        try:
            lasting = dataclasses.replace(
                metadata,
                embed_validation_info=True,
                validation_context=proofs,
                dss_settings=PROOFS_COVERED,
            )
            stamps = HTTPTimeStamper(settings.SIGNER_TIMESTAMP_URL, timeout=settings.SIGNER_TIMEOUT)
            output = await async_sign_pdf(
                paper, lasting, signer, timestamper=stamps, existing_fields_only=True
            )
            return output.getvalue()
        finally:
            await proofs.aclose()


def _proofs() -> ValidationContext:
    """Collects chains and revocation lists, from the addresses that the certificates name.

    An address that does not answer is a failure: a signature without the proofs would not be B-LT.
    """
    return ValidationContext(trust_roots=roots(), allow_fetching=True, revocation_mode="hard-fail")
