"""What documents show: the source that they are made from, template contexts, and seals of the record.

The record, which makes the seals, is a higher app. It connects its queries here.
"""

import datetime as dt
from collections.abc import Callable
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


class Seal(Protocol):
    """The head of the record's chain in one night, as papers show it."""

    day: dt.date
    number: int
    hash: str

    @property
    def fingerprint(self) -> str: ...

    @property
    def url(self) -> str: ...


type FindSeal = Callable[[dt.datetime], Seal | None]

_connected: list[FindSeal] = []


def connect_seals(get_latest: FindSeal, get_first_after: FindSeal) -> None:
    """Let documents show the last seal until a moment, and the first one after it."""
    _connected[:] = [get_latest, get_first_after]


def get_latest_seal(until: dt.datetime) -> Seal | None:
    return _connected[0](until)


def get_seal_of(document: Document) -> Seal | None:
    """Return the first seal that covers the file, or the row if there is no file."""
    return _connected[1](document.filed_at or document.issued_at)
