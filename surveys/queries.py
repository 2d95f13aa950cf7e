"""Reads of the survey: the result of a period, its comments, and publications."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case as If
from django.db.models import Count, Min, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from consultations.enums import State
from consultations.models import Case
from consultations.parties import LINK_SHARERS, excluding_complaints_about, parties
from office import clock
from office.disclosure import MIN_GROUP_SIZE
from office.models import User
from office.periods import Period
from surveys.elements import ELEMENTS
from surveys.index import get_grade, get_index, half_up, list_lowest, mean, sample_size
from surveys.models import Answer, Publication
from surveys.profile import PROFILE, UNKNOWN, pool
from surveys.result import Result

MAX_COMMENTS = 100
"""Comments per page; each quarter shows its own."""

MAX_PUBLICATIONS = 40
"""Publications per page: about eight years of quarters and years."""


def get_result(period: Period) -> Result:
    """Return the current result of a quarter or year. Costs two queries.

    An answer belongs to the period in which its case was first closed. Figures are suppressed if any
    quarter of the period has fewer than MIN_GROUP_SIZE answers.
    """
    columns: dict[str, Any] = {"n": Count("pk")}
    columns |= {code: Sum(element.field) for code, element in ELEMENTS.items()}
    columns |= {quarter.key: Count("pk", filter=_answered_in(quarter)) for quarter in period.quarters}
    for part, (_label, lookup, values) in PROFILE.items():
        for value in values:
            columns[f"{part}_{value}"] = Count("pk", filter=Q(**{lookup: value}))
    found = Answer.objects.filter(_answered_in(period)).aggregate(**columns)
    population = Case.objects.filter(_closed_in(period)).count()
    counts: dict[str, Any] = {"n": found["n"], "population": population, "sample": sample_size(population)}
    quarters = [found[quarter.key] for quarter in period.quarters]
    if not quarters or min(quarters) < MIN_GROUP_SIZE:
        return Result(**counts)
    totals = {code: found[code] for code in ELEMENTS}
    index = get_index(totals, found["n"])
    return Result(
        **counts,
        index=index,
        letter=get_grade(index).letter,
        means={code: half_up(mean(total, found["n"])) for code, total in totals.items()},
        lowest=tuple(list_lowest(totals)),
        profile={part: _pooled(part, found) for part in PROFILE},
    )


def _pooled(part: str, found: dict[str, int]) -> dict[str, int]:
    counts = {value: found[f"{part}_{value}"] for value in PROFILE[part][2].values}
    return pool({**counts, UNKNOWN: found["n"] - sum(counts.values())})


def _closed_in(period: Period, prefix: str = "") -> Q:
    return Q(
        (f"{prefix}first_closed_at__gte", period.start),
        (f"{prefix}first_closed_at__lt", period.end),
    )


def _answered_in(period: Period) -> Q:
    return _closed_in(period, "case__")


def get_first_day() -> dt.date:
    """Return the day on which the first case was closed, or today if there is none."""
    # The filter lets SQLite use the partial index.
    closed = Case.objects.filter(first_closed_at__isnull=False)
    first = closed.aggregate(first=Min("first_closed_at"))["first"]
    return timezone.localdate(first) if first else clock.today()


def list_comments(user: User, period: Period) -> list[str]:
    """Return the comments of a period in alphabetical order, without their cases.

    Comments on complaints about the user are left out.
    """
    visible = Case.objects.filter(excluding_complaints_about(user), _closed_in(period))
    comments = Answer.objects.filter(case__in=visible).exclude(comment="")
    return list(comments.order_by("comment").values_list("comment", flat=True)[:MAX_COMMENTS])


def list_answers(user: User, period: Period) -> QuerySet[Answer]:
    """Return the answers of a period without anything that tells their cases, not even their order.

    Answers about complaints about the user are left out.
    """
    visible = Case.objects.visible_to(user).filter(_closed_in(period))
    elements = [element.field for element in ELEMENTS.values()]
    return Answer.objects.filter(case__in=visible).only(*elements).order_by(*elements)


def list_publications() -> QuerySet[Publication]:
    """Return the publications, the latest period and version first."""
    return Publication.objects.order_by("-until", "-since", "-version")[:MAX_PUBLICATIONS]


def get_newest_version(period: Period) -> Publication | None:
    """Return the newest publication of exactly this period."""
    return Publication.objects.filter(since=period.since, until=period.until).order_by("version").last()


def get_current_publication(period: Period | None = None) -> Publication | None:
    """Return the newest publication of a period, or else of the latest published period. Costs one query.

    If a quarter and a year end on the same day, the year counts as the latest.
    """
    found = Publication.objects.order_by("-until", "since", "-version")
    if period:
        is_asked = When(since=period.since, until=period.until, then=Value(0))
        found = found.order_by(If(is_asked, default=Value(1)), *found.query.order_by)
    return found.first()


def has_open_survey(case: Case) -> bool:
    """Return whether the applicant can answer the survey. One query if the case is closed."""
    return case.state == State.CLOSED and not Answer.objects.filter(case=case).exists()


@dataclass(frozen=True)
class CaseSurvey:
    """The survey of a closed case: whether it is answered, and whether the user may enter a paper form."""

    is_answered: bool
    can_enter: bool


def get_case_survey(case: Case, user: User) -> CaseSurvey | None:
    """Return the survey of a closed case for the staff; None for other cases. One query if closed."""
    if case.state != State.CLOSED:
        return None
    can_enter = bool(LINK_SHARERS & parties(user, case).keys())
    return CaseSurvey(is_answered=not has_open_survey(case), can_enter=can_enter)
