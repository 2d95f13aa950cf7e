"""The content of the office's survey page for one reader and one period."""

import datetime as dt
from dataclasses import dataclass, field, replace
from itertools import chain

from kit import clock
from kit.periods import Period, list_periods
from office import rights
from office.models import User
from reports.surveys import queries, services
from reports.surveys.models import PlanItem, Publication
from reports.surveys.result import ElementMean, Result


@dataclass(frozen=True)
class Overview:
    """The page of one reader. `period` and `result` are None if the requested period is not offered.

    `obstacle` says why the result cannot be published. `plan` pairs each of the lowest elements with its item
    of the follow-up plan, if there is one. `version` is that of the period's newest publication.
    """

    can_enter: bool
    can_plan: bool
    can_publish: bool
    periods: list[list[Period]]  # a row of years, a row of quarters
    publications: list[Publication]
    period: Period | None = None
    result: Result | None = None
    obstacle: str = ""
    comments: list[str] = field(default_factory=list)
    plan: list[tuple[ElementMean, PlanItem | None]] = field(default_factory=list)
    version: int = 0


def get_overview(user: User, since: str | None, until: str | None) -> Overview:
    """Return the page of the period with this first and last day (ISO), or of this quarter.

    Raise PermissionDenied if the user does not read the survey (Sekretariat, Tim PKD, Kepala Dinas).
    """
    rights.READ_SURVEYS.check(user)
    quarter = Period.quarter_of(clock.today())
    asked = _parse_period(since or str(quarter.since), until or str(quarter.until))
    first = queries.get_first_day()
    rows = list_periods(asked.year if asked else quarter.year, first)[:2]
    period = next((offered for offered in chain(*rows) if offered == asked), None)
    page = Overview(
        can_enter=rights.ENTER_SURVEYS.is_held_by(user),
        can_plan=rights.PLAN_SURVEYS.is_held_by(user),
        can_publish=rights.PUBLISH_SURVEYS.is_held_by(user),
        periods=rows if period else list_periods(quarter.year, first)[:2],
        publications=list(queries.list_publications()),
        period=period,
        result=queries.get_result(period) if period else None,
    )
    if not (page.period and page.result and page.can_plan):
        return page
    items = list(queries.list_plan(page.period))
    by_element = {item.element: item for item in items}
    newest = queries.get_newest_version(page.period) if page.can_publish else None
    return replace(
        page,
        obstacle=services.get_obstacle(page.period, page.result, items),
        comments=queries.list_comments(page.period) if page.result.grade else [],
        plan=[(row, by_element.get(row.element.code)) for row in page.result.lowest_elements],
        version=newest.version if newest else 0,
    )


def _parse_period(since: str, until: str) -> Period | None:
    try:
        return Period.between(dt.date.fromisoformat(since), dt.date.fromisoformat(until))
    except ValueError:
        return None
