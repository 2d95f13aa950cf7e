"""The seals of the record, as documents and their verification pages show them.

The ledger, which makes the seals, is a higher app (ADR 34). It connects its queries here.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from reports.models import Document


@dataclass(frozen=True)
class ShownSeal:
    """A seal as people read it: its day, the number of its last leaf, the head of the chain, its page."""

    day: dt.date
    name: str
    head_in_groups: list[str]
    url: str


class Seals(Protocol):
    """Queries of the ledger for documents."""

    def get_latest(self, until: dt.datetime) -> ShownSeal | None:
        """Return the last seal at a moment."""

    def get_first_of(self, document: Document) -> ShownSeal | None:
        """Return the first seal that covers the document's file."""


_connected: list[Seals] = []


def connect(seals: Seals) -> None:
    """Let documents show these seals."""
    _connected[:] = [seals]


def get_latest_seal(until: dt.datetime) -> ShownSeal | None:
    return _connected[0].get_latest(until)


def get_seal_of(document: Document) -> ShownSeal | None:
    return _connected[0].get_first_of(document)
