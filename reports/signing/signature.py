"""Interface of the signing adapters."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.functional import Promise

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

        Raises SigningFailed. Call it outside of transactions: it may wait for other machines.
        """
