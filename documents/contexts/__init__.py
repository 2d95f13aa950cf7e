"""What documents show: the source that they are made from, template contexts, and seals of the record.

The ledger, which makes the seals, is a higher app (ADR 34). It connects its queries here.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Model, QuerySet

from consultations.models import Case
from documents.models import Document
from office.models import User


@dataclass(frozen=True)
class Source:
    """The row that a document is made from, with the person and position that decided it, and when (aware).

    `by` is None if the applicant or the system acted. If `is_final` is false, there are only drafts.
    """

    row: Model
    by: User | None
    title: str
    at: dt.datetime
    is_final: bool = True


def newest_source(rows: QuerySet[Any]) -> Source | None:
    """Return the newest of the rows as a source, decided by the user who stored it."""
    row = rows.select_related("by").order_by("pk").last()
    return Source(row, row.by, row.title, row.at) if row else None


def subject_data(case: Case, row: Model) -> dict[str, Any]:
    """Return what a document embeds that prints the subject of its case and no other field."""
    return {"perihal": case.subject}


@dataclass(frozen=True)
class ShownSeal:
    """A seal as people read it: its day, the number of its last leaf, the head of the chain, its page.

    `fingerprint` is the SHA-256 of its text. `proof_url` is empty if nothing proves the document
    in it.
    """

    day: dt.date
    name: str
    head: str
    fingerprint: str
    url: str
    proof_url: str = ""


class Seals(Protocol):
    """Queries of the ledger for documents."""

    def get_latest(self, until: dt.datetime) -> ShownSeal | None:
        """Return the last seal at a moment."""

    def get_first_of(self, document: Document) -> ShownSeal | None:
        """Return the first seal that covers the document's file."""


_connected: list[Seals] = []


def connect_seals(seals: Seals) -> None:
    """Let documents show these seals."""
    _connected[:] = [seals]


def get_latest_seal(until: dt.datetime) -> ShownSeal | None:
    return _connected[0].get_latest(until)


def get_seal_of(document: Document) -> ShownSeal | None:
    return _connected[0].get_first_of(document)
