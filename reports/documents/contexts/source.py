"""The source of a document: the row it is made from, and who decided it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from consultations.models import Case
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
