"""Answers and publications for tests: as browsers send them, through the services, and in bulk."""

import datetime as dt
from collections.abc import Sequence
from contextlib import AbstractContextManager
from copy import copy
from typing import Any

from consultations.enums import State
from consultations.models import Case
from consultations.models.case import new_code, new_secret
from consultations.parties import Applicant
from intake import services as intake_services
from office import clock
from office.disclosure import MIN_GROUP_SIZE
from office.models import User
from office.periods import Period
from surveys import services
from surveys.models import Answer, Publication
from tests.factories import DETAILS, Staff, case_at, working_moment
from tests.surveys.test_index import SHEET

GOOD: dict[str, Any] = {f"u{number}": 3 for number in range(1, 10)}
PLAN = "U8: tambah kursi tunggu, Sekretariat, triwulan depan."
DAY = dt.timedelta(days=1)


def sent(**more: Any) -> dict[str, Any]:
    """Return the questionnaire as a browser sends it, by default with all answers 3 and no profile."""
    return {**GOOD, "sex": "", "education": "", "occupation": "", "comment": "", **more}


def answered(staff: Staff, **more: Any) -> Answer:
    """Return the answer that an applicant gave for a new closed case."""
    case = case_at(State.CLOSED, staff)
    return services.answer(case, by=Applicant(case.secret), **{**GOOD, **more})


def closed(count: int, *, day: dt.date | None = None, **details: Any) -> list[Case]:
    """Store cases that were first closed at noon of a day (by default now), copied from one submission."""
    case = intake_services.submit(visit_at=working_moment(3), **{**DETAILS, **details})
    moment = dt.datetime.combine(day, dt.time(5), dt.UTC) if day else clock.now()
    cases = [copy(case) for _number in range(count)]
    for row in cases:
        row.pk, row.code, row.secret, row.submission_token = None, new_code(), new_secret(), None
        row.first_closed_at = moment
    return Case.objects.bulk_create(cases)


def answers(
    count: int = MIN_GROUP_SIZE,
    *,
    day: dt.date | None = None,
    details: dict[str, Any] | None = None,
    sheet: Sequence[Sequence[int]] = (),
    **given: Any,
) -> list[Answer]:
    """Store answers of new closed cases: one for each row of `sheet`, or `count` equal ones."""
    rows = [{f"u{number}": value for number, value in enumerate(row, start=1)} for row in sheet]
    rows = rows or [GOOD] * count
    cases = closed(len(rows), day=day, **(details or {}))
    online = Answer.Channel.ONLINE
    return Answer.objects.bulk_create(
        Answer(case=case, channel=online, **{**row, **given}) for case, row in zip(cases, rows, strict=True)
    )


def fill(day: dt.date | None = None) -> None:
    """Store the answers of SHEET, and one closed case without an answer."""
    answers(sheet=SHEET, day=day)
    closed(1, day=day)


def this_quarter() -> Period:
    return Period.quarter_of(clock.today())


def last_quarter() -> Period:
    return Period.quarter_of(this_quarter().since - DAY)


def on(day: dt.date) -> AbstractContextManager[None]:
    """Set the clock to noon of a day."""
    return clock.set_to(dt.datetime.combine(day, dt.time(5), tzinfo=dt.UTC))


def publish(by: User, period: Period | None = None, **more: Any) -> Publication:
    """Publish a period, by default this quarter, on the day after its end."""
    period = period or this_quarter()
    with on(period.until + DAY):
        return services.publish(by=by, **{"period": period, "plan": PLAN, **more})


def address(period: Period) -> str:
    """Return the URL of the office's page for a period."""
    return f"/survei/?since={period.since}&until={period.until}"


def link(case: Case) -> str:
    return f"/survei/{case.secret}/"
