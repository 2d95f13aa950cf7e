"""What other pages show of the survey: the newest published index."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Value, When

from surveys import periods
from surveys.index import Grade
from surveys.models import Publication
from surveys.results import Result


@dataclass(frozen=True)
class Published:
    """A published index (IKM) with its grade, how many answered, and first and last day of its period."""

    index: Decimal
    grade: Grade
    n: int
    since: dt.date
    until: dt.date
    url: str

    @property
    def period(self) -> str:
        """The period in words, in the language of who reads it."""
        return periods.name(self.since, self.until)


def current(since: dt.date | None = None, until: dt.date | None = None) -> Published | None:
    """The newest version of the result of a period, where it was published; otherwise of the last period.

    Of two that end on the same day the longer one is the last. None where nothing was published. One query.
    """
    others_after = Case(When(since=since, until=until, then=Value(0)), default=Value(1))
    newest = Publication.objects.order_by(others_after, "-until", "since", "-version").first()
    if newest is None:
        return None
    result = Result.from_json(newest.figures)
    if result.index is None or result.grade is None:
        return None
    return Published(
        index=result.index,
        grade=result.grade,
        n=result.n,
        since=newest.since,
        until=newest.until,
        url=newest.get_absolute_url(),
    )
