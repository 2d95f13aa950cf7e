"""Signature and time stamp of a seal: made for its text, and checked again.

The key has its own file (`SEAL_PKCS12`), because the passphrase of a person's key is never stored (ADR 9).
"""

import asyncio
import base64
import logging
from collections.abc import Iterator

from asn1crypto.cms import ContentInfo
from django.conf import settings
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms, validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from documents.signing import load_trust_roots
from documents.signing.pkcs12 import direct_session, open_key_file
from trust.ledger.models import Seal, WitnessedSeal

logger = logging.getLogger(__name__)


def sign(seal: Seal | WitnessedSeal) -> str:
    """Return a detached signature of the seal's text (CMS). Raise SigningFailed without a usable key."""
    signer = open_key_file(settings.SEAL_PASSPHRASE, path=settings.SEAL_PKCS12)
    signed = asyncio.run(signer.async_sign_general_data(seal.text.encode(), "sha256"))
    return base64.b64encode(signed.dump()).decode()


def stamp(seal: Seal) -> str:
    """Return a time-stamp token for the seal's text (RFC 3161). Raise OSError or TimestampRequestError."""
    return base64.b64encode(asyncio.run(_fetch_time_stamp(seal)).dump()).decode()


async def _fetch_time_stamp(seal: Seal) -> ContentInfo:
    url, timeout = settings.SIGNER_TIMESTAMP_URL, settings.SIGNER_TIMEOUT
    async with direct_session() as session:
        authority = HTTPTimeStamper(url, timeout=timeout, session=session)
        return await authority.async_timestamp(seal.sha256, "sha256")


def list_problems(seal: Seal) -> Iterator[str]:
    """Yield what is wrong with the signature and the time stamp. Uses no network.

    If `SIGNER_TRUST_ROOTS` is set, the certificates must lead to one of them.
    """
    if seal.signature and not _holds(seal, "signature"):
        yield "its signature is not one of the office for this head"
    if seal.time_stamp and not _holds(seal, "time_stamp"):
        yield "its time stamp is not for this head"


def _holds(seal: Seal, name: str) -> bool:
    try:
        content = ContentInfo.load(base64.b64decode(getattr(seal, name)))["content"]
        return asyncio.run((_check_signature if name == "signature" else _check_time_stamp)(seal, content))
    except Exception as error:  # what somebody stored in place of it may raise anything
        logger.warning("the %s of seal %s cannot be read: %s", name, seal, type(error).__name__)
        return False


async def _check_signature(seal: Seal, content: object) -> bool:
    status = await async_validate_detached_cms(
        seal.text.encode(), content, signer_validation_context=_context(seal)
    )
    return status.intact and status.valid and (status.trusted or not settings.SIGNER_TRUST_ROOTS)


async def _check_time_stamp(seal: Seal, content: object) -> bool:
    facts = await validate_tst_signed_data(content, _context(seal), lambda algorithm: seal.sha256)
    status = TimestampSignatureStatus(**facts)
    return status.intact and status.valid and (status.trusted or not settings.SIGNER_TRUST_ROOTS)


def _context(seal: Seal) -> ValidationContext:
    """Return the trusted certificates at the time of the seal. Revoked ones are not detected."""
    roots = load_trust_roots() if settings.SIGNER_TRUST_ROOTS else []
    return ValidationContext(trust_roots=roots, moment=seal.at, allow_fetching=False)
