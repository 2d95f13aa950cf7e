"""PAdES signatures: B-B, or B-LT with a time stamp if `SIGNER_TIMESTAMP_URL` is set."""

import asyncio
import dataclasses
import logging

from aiohttp import ClientSession
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, async_sign_pdf
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend

from reports.signing.direct_session import direct_session
from reports.signing.signature import SigningFailed
from reports.signing.signature_field import add_signature_field
from reports.signing.trust import load_trust_roots

logger = logging.getLogger(__name__)

# Certificates and revocation lists precede the signature, so that it covers the whole file.
VALIDATION_DATA_COVERED = DSSContentSettings(
    include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
)


def sign_pdf(content: bytes, metadata: PdfSignatureMetadata, signer: SimpleSigner) -> bytes:
    """Return the PDF with a signature. Raise SigningFailed, after `SIGNER_TIMEOUT` seconds at most."""
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
        logger.exception("a document cannot be signed")
        sentence = failed()
    raise SigningFailed(sentence)


def failed() -> str:
    """Return the general sentence for the user."""
    return _("Dokumen ini tidak berhasil ditandatangani. Coba lagi; bila tetap gagal, hubungi administrator.")


async def _sign(content: bytes, metadata: PdfSignatureMetadata, signer: SimpleSigner) -> bytes:
    writer = add_signature_field(content)
    async with asyncio.timeout(settings.SIGNER_TIMEOUT):
        if not settings.SIGNER_TIMESTAMP_URL:
            return (await async_sign_pdf(writer, metadata, signer, existing_fields_only=True)).getvalue()
        async with direct_session() as session:
            long_term = dataclasses.replace(
                metadata,
                embed_validation_info=True,
                validation_context=_validation_context(session),
                dss_settings=VALIDATION_DATA_COVERED,
            )
            stamps = HTTPTimeStamper(
                settings.SIGNER_TIMESTAMP_URL, timeout=settings.SIGNER_TIMEOUT, session=session
            )
            output = await async_sign_pdf(
                writer, long_term, signer, timestamper=stamps, existing_fields_only=True
            )
            return output.getvalue()


def _validation_context(session: ClientSession) -> ValidationContext:
    """Return a context that fetches chains and revocation lists, which B-LT requires."""
    return ValidationContext(
        trust_roots=load_trust_roots(),
        allow_fetching=True,
        revocation_mode="hard-fail",
        fetcher_backend=AIOHttpFetcherBackend(session),
    )
