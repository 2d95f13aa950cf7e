"""The source of a document: the row it is made from, and who decided it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Model

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
