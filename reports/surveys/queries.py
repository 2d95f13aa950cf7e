"""Reads of the survey: roles, the result of a period, its answers and comments, and publications."""

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import Case as If, Count, Min, Q, QuerySet, Value, When
from django.utils import timezone

from consultations.enums import SURVEYED, Kind
from consultations.models import Case
from consultations.parties import LINK_SHARERS, parties
from kit import clock
from kit.disclosure import MIN_GROUP_SIZE
from kit.periods import Period, list_periods
from office.models import User
from reports.surveys.models import AnswerBox, Participation, PlanItem, Publication
from reports.surveys.regulation import (
    ASKED,
    CODES,
    UNKNOWN,
    Result,
    Service,
    closes_on,
    get_grade,
    get_index,
    half_up,
    is_closed,
    list_lowest,
    mean,
    pool,
    sample_size,
)

MAX_COMMENTS = 100
"""Comments per page; each quarter shows its own."""

MAX_PUBLICATIONS = 40
"""Publications per page: about eight years of quarters and years."""


OF_CONSULTATIONS = (Service.CONSULTATION, Service.BOTH)
"""Services that the home page and the dashboard show: consultations, or both."""


def list_services(period: Period) -> list[Service]:
    """Return the services that have a result in a period. Costs one query.

    If answers of any of its quarters are not kept apart, the period has one result for both.
    """
    if AnswerBox.objects.filter(quarter__range=(period.since, period.until), service=Service.BOTH):
        return [Service.BOTH]
    return [Service.CONSULTATION, Service.COMPLAINT]


def get_main_service(period: Period) -> Service:
    """Return the service that the home page shows for a period. Costs one query."""
    return list_services(period)[0]


def get_result(period: Period, service: str) -> Result:
    """Return the current result of a quarter or year for a service. Costs two queries.

    An answer belongs to the quarter of its case (`quarter_of()`). Figures are suppressed while the
    period accepts answers, and if any quarter of it has fewer than MIN_GROUP_SIZE answers.
    """
    boxes = list(list_boxes(period, service))
    answers = [row for box in boxes for row in box.rows]
    took_part = {kind: Count("participation", filter=Q(kind=kind)) for kind in Kind.values}
    counted = Case.objects.filter(surveyed_in(period, service)).aggregate(population=Count("pk"), **took_part)
    n = len(answers)
    population = counted["population"]
    counts: dict[str, Any] = {"n": n, "population": population, "sample": sample_size(population)}
    if not is_closed(period):
        return Result(**counts, open_until=closes_on(period))
    quarters = [sum(box.n for box in boxes if box.quarter == quarter.since) for quarter in period.quarters]
    if not quarters or min(quarters) < MIN_GROUP_SIZE:
        return Result(**counts)
    totals = add_up(answers)
    index = get_index(totals, n)
    return Result(
        **counts,
        index=index,
        letter=get_grade(index).letter,
        means={code: half_up(mean(total, n)) for code, total in totals.items()},
        lowest=tuple(list_lowest(totals)),
        profile={
            **(
                {"service": pool({kind: counted[kind] for kind in Kind.values})}
                if service == Service.BOTH
                else {}
            ),
            **{part: _pooled(part, boxes, n) for part in ASKED},
        },
    )


def find_period(since: str | None, until: str | None) -> tuple[Period | None, list[list[Period]]]:
    """Return the period with this first and last day (ISO), by default this quarter, and the choice.

    The period is None if it is not offered. The choice has a row of years and a row of quarters.
    """
    quarter, first = Period.quarter_of(clock.today()), get_first_day()
    with suppress(ValueError):
        since, until = since or str(quarter.since), until or str(quarter.until)
        asked = Period.between(dt.date.fromisoformat(since), dt.date.fromisoformat(until))
        rows = list_periods(asked.year, first)[:2]
        if asked in chain(*rows):
            return asked, rows
    return None, list_periods(quarter.year, first)[:2]


def list_boxes(period: Period, service: str) -> QuerySet[AnswerBox]:
    """Return the boxes of the quarters in a period that belong to a service, all of them for BOTH."""
    boxes = AnswerBox.objects.filter(quarter__range=(period.since, period.until))
    return boxes if service == Service.BOTH else boxes.filter(service=service)


def add_up(answers: Iterable[str]) -> dict[str, int]:
    """Return the sum of each element by code."""
    totals = [sum(map(int, column)) for column in zip(*answers, strict=True)] or [0] * len(CODES)
    return dict(zip(CODES, totals, strict=True))


def _pooled(part: str, boxes: Iterable[AnswerBox], n: int) -> dict[str, int]:
    counts: dict[str, int] = {
        value: sum(box.profile.get(part, {}).get(value, 0) for box in boxes) for value in ASKED[part][1]
    }
    return pool({**counts, UNKNOWN: n - sum(counts.values())})


def surveyed_in(period: Period, service: str) -> Q:
    """Match the cases of a service that were first closed or refused in a period.

    The independent channel is not surveyed.
    """
    ended = Q(first_ended_at__gte=period.start, first_ended_at__lt=period.end, is_independent=False)
    return ended if service == Service.BOTH else ended & Q(kind=service)


def quarter_of(case: Case) -> Period | None:
    """Return the quarter that the case first ended in, or None for one that is not surveyed."""
    if case.is_independent or case.first_ended_at is None:
        return None
    return Period.quarter_of(timezone.localdate(case.first_ended_at))


@dataclass(frozen=True)
class OpenQuarter:
    """A quarter that accepts answers of a service, and how many paper forms wait to be entered."""

    period: Period
    service: Service
    to_enter: int

    @property
    def key(self) -> str:
        """Its value in the address of the page, such as 2026-Q4-COMPLAINT."""
        return f"{self.period.key}-{self.service}"


def list_open_quarters() -> list[OpenQuarter]:
    """Return the quarters that accept answers, newest first. Costs five queries for each: at most ten."""
    found, quarter = [], Period.quarter_of(clock.today())
    while not is_closed(quarter):
        services = list_services(quarter)
        found += [OpenQuarter(quarter, service, count_to_enter(quarter, service)) for service in services]
        quarter = quarter.quarter_before
    return found


def count_to_enter(quarter: Period, service: str) -> int:
    """Return how many applicants handed in a paper form that nobody has entered yet."""
    cases = Case.objects.filter(surveyed_in(quarter, service))
    marks = Participation.objects.filter(case__in=cases).count()
    return marks - sum(box.n for box in list_boxes(quarter, service))


def get_first_day() -> dt.date:
    """Return the day on which the first case was closed or refused, or today if there is none."""
    # The filter lets SQLite use the partial index.
    ended = Case.objects.filter(first_ended_at__isnull=False)
    first = ended.aggregate(first=Min("first_ended_at"))["first"]
    return timezone.localdate(first) if first else clock.today()


def list_comments(period: Period, service: str) -> list[str]:
    """Return the comments of a period in alphabetical order."""
    return sorted(comment for box in list_boxes(period, service) for comment in box.comments)[:MAX_COMMENTS]


def list_answers(period: Period, service: str) -> list[str]:
    """Return the answers of a period, each as nine digits, sorted.

    Every reader gets all of them: a list without the answers about one official could be subtracted from
    the result.
    """
    return sorted(row for box in list_boxes(period, service) for row in box.rows)


def list_plan(period: Period, service: str) -> QuerySet[PlanItem]:
    """Return the follow-up plan of a period and service, in the order of the elements."""
    items = PlanItem.objects.filter(since=period.since, until=period.until, service=service)
    return items.order_by("element")


def list_publications() -> QuerySet[Publication]:
    """Return the publications, the latest period and version first."""
    return Publication.objects.order_by("-until", "-since", "-service", "-version")[:MAX_PUBLICATIONS]


def is_published(item: PlanItem) -> bool:
    """Return whether the result that an item of the plan belongs to is published."""
    return Publication.objects.filter(since=item.since, until=item.until, service=item.service).exists()


def get_newest_version(period: Period, service: str) -> Publication | None:
    """Return the newest publication of exactly this period and service."""
    found = Publication.objects.filter(since=period.since, until=period.until, service=service)
    return found.order_by("version").last()


def get_current_publication(period: Period | None = None) -> Publication | None:
    """Return the newest publication of a period, or else of the latest published period. Costs one query.

    It is that of consultations, or of both services. If a quarter and a year end on the same day, the year
    counts as the latest.
    """
    found = Publication.objects.filter(service__in=OF_CONSULTATIONS).order_by("-until", "since", "-version")
    if period:
        is_asked = When(since=period.since, until=period.until, then=Value(0))
        found = found.order_by(If(is_asked, default=Value(1)), *found.query.order_by)
    return found.first()


def has_answered(case: Case) -> bool:
    return Participation.objects.filter(case=case).exists()


def has_open_survey(case: Case) -> bool:
    """Return whether the applicant can answer the survey. One query if the case was closed or refused."""
    quarter = quarter_of(case) if case.state in SURVEYED else None
    return quarter is not None and not is_closed(quarter) and not has_answered(case)


def get_case_survey(case: Case, user: User) -> dict[str, bool] | None:
    """Return whether the survey of a case is answered, is open, and may be marked by the user.

    Return None if the case is neither closed nor refused. Costs one query.
    """
    quarter = quarter_of(case) if case.state in SURVEYED else None
    if quarter is None:
        return None
    can_receive = bool(LINK_SHARERS & parties(user, case).keys())
    return {"is_answered": has_answered(case), "is_open": not is_closed(quarter), "can_receive": can_receive}
