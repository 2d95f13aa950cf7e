"""Electronic signatures (tanda tangan elektronik): what an adapter does, and which one the office uses."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from office.models import User

ADAPTERS = {
    "pkcs12": "reports.documents.signing.pkcs12.Pkcs12",
    "bsre": "reports.documents.signing.bsre.Bsre",
}
"""Classes by the values of `SIGNER`. They are imported on use: pyHanko takes half a second and 15 MB."""


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


def adapter() -> Adapter | None:
    """Return the adapter that `SIGNER` names, or None if documents are signed on paper (`SIGNER=none`)."""
    path = ADAPTERS.get(settings.SIGNER)
    return import_string(path)() if path else None
