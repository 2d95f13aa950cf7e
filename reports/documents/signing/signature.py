"""Signatures: what an adapter returns, trusted roots, requests without a proxy.

Interface of the signing adapters.

Trusted certificate authorities (`SIGNER_TRUST_ROOTS`).

HTTP session for time stamps, certificates and revocation lists. It follows no redirect (ASVS 15.3.2).
"""

import datetime as dt
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Protocol

import certifi
from aiohttp import ClientError, ClientSession, TCPConnector, TraceConfig, TraceRequestRedirectParams
from asn1crypto.x509 import Certificate
from django.conf import settings
from django.utils.functional import Promise
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from office.models import User


class SigningFailed(Exception):  # noqa: N818 -- an answer to the user, not a fault
    """A document could not be signed. The message is a sentence for the user; nothing was stored."""


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


def load_trust_roots() -> list[Certificate]:
    """Return the trusted root certificates. Raise OSError or ValueError if they cannot be read."""
    return list(load_certs_from_pemder_data(Path(settings.SIGNER_TRUST_ROOTS).read_bytes()))


def has_trusted_signature(content: bytes) -> bool:
    """Return whether the certificates in a PDF link its last signature to a trusted root.

    Uses no network, so revoked certificates are not detected.
    """
    signature = PdfFileReader(BytesIO(content), strict=False).embedded_regular_signatures[-1]
    known = ValidationContext(trust_roots=load_trust_roots(), allow_fetching=False)
    return bool(validate_pdf_signature(signature, known, skip_diff=True).trusted)


@asynccontextmanager
async def direct_session() -> AsyncIterator[ClientSession]:
    """Yield a session that raises ClientError if a server answers with a redirect."""
    trace = TraceConfig()
    trace.on_request_redirect.append(_refuse)
    tls = ssl.create_default_context(cafile=certifi.where())
    async with ClientSession(connector=TCPConnector(ssl=tls), trace_configs=[trace]) as session:
        yield session


async def _refuse(
    session: ClientSession, _context: SimpleNamespace, asked: TraceRequestRedirectParams
) -> None:
    raise ClientError(f"{asked.url} answers with a redirect")
