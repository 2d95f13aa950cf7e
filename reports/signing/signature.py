"""What a way of signing is asked for, and what it gives back."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.functional import Promise

from office.models import User


class SigningFailed(Exception):  # noqa: N818 -- an answer to the user, not a fault
    """The paper could not be signed. The message is a sentence that says what to do; nothing was kept."""


@dataclass(frozen=True)
class Signature:
    """A signed paper: `content` is the whole PDF, `signer` the name in the certificate."""

    adapter: str
    content: bytes = field(repr=False)
    signed_at: dt.datetime
    signer: str


class Adapter(Protocol):
    """A way of signing.

    `label` stands at the field in which the passphrase is asked. `attestation` is printed at the foot of a
    paper before it is signed: it becomes true with the signature, so a paper without one is thrown away.
    """

    name: str
    label: Promise
    attestation: str

    def sign(self, content: bytes, *, by: User, title: str, reason: str, passphrase: str) -> Signature:
        """Sign a PDF in the name of `by`, who holds the position `title`. Its bytes stay as they are, the
        signature is added behind them. The passphrase is used and forgotten.

        Raises SigningFailed. To be called outside of transactions: it may wait for other machines.
        """
