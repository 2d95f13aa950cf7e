"""The content of the office's survey page for one reader and one period."""

import datetime as dt
from dataclasses import dataclass, field, replace
from itertools import chain

from django.core.exceptions import PermissionDenied

from office import clock
from office.models import User
from office.periods import Period, list_periods
from surveys import queries, services
from surveys.models import Publication
from surveys.result import Result


@dataclass(frozen=True)
class Overview:
    """The page of one reader. `period` and `result` are None if the requested period is not offered.

    `obstacle` says why the result cannot be published. `plan` and `version` are those of the period's newest
    publication.
    """

    can_enter: bool
    can_publish: bool
    periods: list[list[Period]]  # a row of years, a row of quarters
    publications: list[Publication]
    period: Period | None = None
    result: Result | None = None
    obstacle: str = ""
    comments: list[str] = field(default_factory=list)
    plan: str = ""
    version: int = 0


def get_overview(user: User, since: str | None, until: str | None) -> Overview:
    """Return the page of the period with this first and last day (ISO), or of this quarter.

    Raise PermissionDenied if the user does not read the survey (Sekretariat, Tim PKD, Kepala Dinas).
    """
    if services.get_appointment(user, services.READERS) is None:
        raise PermissionDenied
    quarter = Period.quarter_of(clock.today())
    asked = _parse_period(since or str(quarter.since), until or str(quarter.until))
    first = queries.get_first_day()
    rows = list_periods(asked.year if asked else quarter.year, first)[:2]
    period = next((offered for offered in chain(*rows) if offered == asked), None)
    can_publish = services.get_appointment(user, services.PUBLISHERS) is not None
    page = Overview(
        can_enter=services.get_appointment(user, services.ENTERING) is not None,
        can_publish=can_publish,
        periods=rows if period else list_periods(quarter.year, first)[:2],
        publications=list(queries.list_publications()),
        period=period,
        result=queries.get_result(period) if period else None,
    )
    if not (page.period and page.result and can_publish):
        return page
    newest = queries.get_newest_version(page.period)
    return replace(
        page,
        obstacle=services.get_obstacle(page.period, page.result),
        comments=queries.list_comments(user, page.period) if page.result.grade else [],
        plan=newest.plan if newest else "",
        version=newest.version if newest else 0,
    )


def _parse_period(since: str, until: str) -> Period | None:
    try:
        return Period.between(dt.date.fromisoformat(since), dt.date.fromisoformat(until))
    except ValueError:
        return None
