"""What a paper is made from, and who vouches for it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Model

from office.models import User


@dataclass(frozen=True)
class Record:
    """The row that a paper is made from; by whom, in which position and when it was decided.

    `by` is None where the applicant or the system acted. A row that `is_final` can be issued; of any other
    there are only drafts.
    """

    row: Model
    by: User | None
    title: str
    at: dt.datetime
    is_final: bool = True
