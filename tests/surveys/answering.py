"""Answers and publications for tests: as browsers send them, through the services, and in bulk."""

import datetime as dt
from collections.abc import Sequence
from contextlib import AbstractContextManager
from copy import copy
from typing import Any

from consultations.enums import State
from consultations.intake import services as intake_services
from consultations.models import Case
from consultations.models.case import new_code, new_secret
from consultations.parties import Applicant
from kit import clock
from kit.disclosure import MIN_GROUP_SIZE
from kit.encryption import take_key
from kit.periods import Period
from office.models import User
from reports.surveys import services
from reports.surveys.models import AnswerBox, Participation, PlanItem, Publication
from reports.surveys.queries import get_result, quarter_of
from reports.surveys.regulation import ASKED, Service, closes_on, is_closed
from tests.factories import DETAILS, Staff, case_at, working_moment
from tests.surveys.test_index import SHEET

GOOD: dict[str, Any] = {f"u{number}": 3 for number in range(1, 10)}
PLAN = "Tambah kursi tunggu."
ANALYSIS = "Ruang tunggu penuh pada hari Senin."
DAY = dt.timedelta(days=1)


def sent(**more: Any) -> dict[str, Any]:
    """Return the questionnaire as a browser sends it, by default with all answers 3 and no profile."""
    return {**GOOD, **dict.fromkeys(ASKED, ""), "comment": "", **more}


def answered(staff: Staff, **more: Any) -> Case:
    """Return a new closed case whose applicant has answered."""
    case = case_at(State.CLOSED, staff)
    services.answer(case, by=Applicant(case.secret), **{**GOOD, **more})
    return case


def closed(count: int, *, day: dt.date | None = None, **details: Any) -> list[Case]:
    """Store cases that were first closed at noon of a day (by default now), copied from one submission."""
    case = intake_services.submit(visit_at=working_moment(3), **{**DETAILS, **details})
    moment = dt.datetime.combine(day, dt.time(5), dt.UTC) if day else clock.now()
    cases = [copy(case) for _number in range(count)]
    for row in cases:
        row.pk, row.code, row.secret, row.submission_hash = None, new_code(), new_secret(), None
        row.first_closed_at = row.first_ended_at = moment
        take_key(Case, row, using="default")  # for the secret
    return Case.objects.bulk_create(cases)


def answers(
    count: int = MIN_GROUP_SIZE,
    *,
    day: dt.date | None = None,
    details: dict[str, Any] | None = None,
    sheet: Sequence[Sequence[int]] = (),
    **given: Any,
) -> list[Case]:
    """Answer for new closed cases: one row of `sheet` for each, or `count` equal ones. Return the cases."""
    rows = [{f"u{number}": value for number, value in enumerate(row, start=1)} for row in sheet]
    rows = rows or [GOOD] * count
    cases = closed(len(rows), day=day, **(details or {}))
    Participation.objects.bulk_create(Participation(case=case) for case in cases)
    if cases and (quarter := quarter_of(cases[0])):
        box, _created = AnswerBox.objects.get_or_create(quarter=quarter.since, service=cases[0].kind)
        for row in rows:
            profile = {part: given.get(part, "") for part in ASKED}
            box.add(elements={**row, **given}, profile=profile, comment=given.get("comment", ""))
        box.save()
    return cases


def fill(day: dt.date | None = None) -> None:
    """Store the answers of SHEET, and one closed case without an answer."""
    answers(sheet=SHEET, day=day)
    closed(1, day=day)


def this_quarter() -> Period:
    return Period.quarter_of(clock.today())


def last_quarter() -> Period:
    """Return the newest quarter that accepts no answers."""
    quarter = this_quarter()
    while not is_closed(quarter):
        quarter = quarter.quarter_before
    return quarter


def on(day: dt.date) -> AbstractContextManager[None]:
    """Set the clock to noon of a day."""
    return clock.set_to(dt.datetime.combine(day, dt.time(5), tzinfo=dt.UTC))


def after(period: Period) -> AbstractContextManager[None]:
    """Set the clock to the first day on which the period accepts no answers."""
    return on(closes_on(period) + DAY)


def get_box(service: Service = Service.CONSULTATION) -> AnswerBox:
    """Return the box of this quarter."""
    return AnswerBox.objects.get(quarter=this_quarter().since, service=service)


def publish(by: User, period: Period | None = None, **more: Any) -> Publication:
    """Plan and publish a period, by default this quarter, on the day after it was closed."""
    period = period or this_quarter()
    with after(period):
        write_plan(period)
        given = {"period": period, "service": Service.CONSULTATION, "analysis": ANALYSIS}
        return services.publish(by=by, **{**given, **more})


def write_plan(period: Period, service: str = Service.CONSULTATION) -> None:
    """Store a plan for the lowest elements of a period, unless there is one."""
    for code in get_result(period, service).lowest:
        more = {"action": PLAN, "responsible": "Sekretariat", "due": period.until + 90 * DAY}
        key = {"since": period.since, "until": period.until, "service": service, "element": code}
        PlanItem.objects.get_or_create(**key, defaults=more)


def address(period: Period) -> str:
    """Return the URL of the office's page for a period."""
    return f"/survei/?since={period.since}&until={period.until}"


def link(case: Case) -> str:
    return f"/survei/{case.secret}/"
