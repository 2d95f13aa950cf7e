"""The first time that an applicant may wish: from the real pace of the office, and kept once offered."""

import datetime as dt
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given, strategies as st

from consultations.enums import State
from consultations.intake import services as intake_services
from consultations.models import Case, Event
from consultations.scheduling.availability import get_availability
from consultations.scheduling.models import SchedulingPace
from consultations.scheduling.pace import MIN_CASES, get_pace, list_days_to_schedule, store_pace
from consultations.scheduling.visit_time import PROMISED_DAYS, make_promise, read_promise
from kit import clock
from office.models import Office
from tests.factories import DETAILS, WEEK, Staff, case_at
from tests.shared_data import each
from tests.submitting import send, typed

ZONE = timezone.get_default_timezone()
MONDAY = dt.datetime(2026, 11, 23, 8, 0, tzinfo=ZONE)
PROMISE = re.compile(r'name="visit_at_promise" value="([^"]+)"')


def set_pace(working_days: int, cases: int = MIN_CASES) -> None:
    SchedulingPace.objects.create(day=clock.today(), cases=cases, working_days=working_days)


def schedule_after(working_days: int, *, times: int = 1) -> None:
    """Add cases of MONDAY that were scheduled so many working days later, and again after three days."""
    day = WEEK.add_days(MONDAY.date(), working_days) if working_days else MONDAY.date()
    assert day
    with clock.set_to(MONDAY):
        cases = [intake_services.submit(**DETAILS) for _ in range(times)]
    first = dt.datetime.combine(day, dt.time(15), ZONE)
    for case in cases:
        for at in (first, first + dt.timedelta(days=3)):
            of_step = {"number": 6, "verb": "schedule", "title": "Petugas", "target": State.SCHEDULED}
            Event.objects.create(case=case, **of_step, happened_at=at, entered_at=at)


def first_day() -> dt.date:
    return timezone.localdate(get_availability().moments[0])


def test_the_first_day_follows_from_the_median_of_real_cases(staff: Staff) -> None:
    """The targets of the tests' office alone, 24 working hours, would make it Friday."""
    with clock.set_to(MONDAY):
        assert first_day() == dt.date(2026, 11, 27)
        set_pace(1)
        assert first_day() == dt.date(2026, 11, 25)
        SchedulingPace.objects.update(working_days=0)
        assert first_day() == dt.date(2026, 11, 24)
        Office.objects.update(visit_lead_days=4)
        assert first_day() == dt.date(2026, 11, 27), "the office wants more"


@each(("cases", "first"), [(MIN_CASES - 1, 27), (MIN_CASES, 24)])
def test_with_too_few_cases_the_targets_count(cases: int, first: int, staff: Staff) -> None:
    with clock.set_to(MONDAY):
        set_pace(0, cases=cases)
        assert first_day() == dt.date(2026, 11, first)


def test_the_pace_is_computed_once_a_day_from_the_first_schedule_of_each_case(staff: Staff) -> None:
    schedule_after(2, times=MIN_CASES - 1)
    schedule_after(9)
    with clock.set_to(MONDAY + dt.timedelta(days=14)):
        assert sorted(list_days_to_schedule()) == [2] * (MIN_CASES - 1) + [9]
        store_pace()
        assert get_pace() == 2
        SchedulingPace.objects.update(working_days=7)
        store_pace()
        assert get_pace() == 7, "not computed again"
    with clock.set_to(MONDAY + dt.timedelta(days=400)):
        assert list_days_to_schedule() == [], "too long ago"
        store_pace()
        assert get_pace() is None


def test_pages_make_no_query_for_it(staff: Staff, at_most_queries: Any) -> None:
    """A request reads the version of what is remembered anyway."""
    set_pace(1)
    get_pace()
    with at_most_queries(1):
        get_pace()


@given(st.dates(dt.date(2026, 1, 1), dt.date(2030, 12, 31)), st.integers(0, 2 * PROMISED_DAYS))
def test_a_promise_is_kept_for_a_week_and_cannot_be_forged(made: dt.date, days: int) -> None:
    first = made + dt.timedelta(days=2)
    with clock.set_to(dt.datetime.combine(made, dt.time(9), ZONE)):
        promise = make_promise(first)
    with clock.set_to(dt.datetime.combine(made + dt.timedelta(days=days), dt.time(23, 59), ZONE)):
        assert read_promise(promise) == (first if days <= PROMISED_DAYS else None)
        assert read_promise(promise.replace(f"{first}", f"{made}")) is None
        assert read_promise("") is None


def fill(client: Client, moment: dt.datetime, **more: Any) -> dict[str, Any]:
    """Return the form as the page hands it out, with this time chosen."""
    found = PROMISE.search(client.get("/ajukan/").text)
    assert found
    return typed(visit_at=f"{moment:%Y-%m-%dT%H:%M}", visit_at_promise=found[1], **more)


def test_a_time_that_was_offered_and_chosen_is_not_refused_later(staff: Staff, client: Client) -> None:
    """The form is opened on Monday. On Tuesday the first day that it would offer is a later one."""
    token = str(uuid4())
    with clock.set_to(MONDAY):
        chosen = timezone.localtime(get_availability().moments[0])
        data = fill(client, chosen, submission_token=token)
    with clock.set_to(MONDAY + dt.timedelta(days=1)):
        assert first_day() > chosen.date()
        checked = client.post("/ajukan/", data)
        assert checked.status_code == 302
        assert f'value="{chosen:%Y-%m-%dT%H:%M}" checked' in client.get(f"/ajukan/{token}/").text
    with clock.set_to(MONDAY + dt.timedelta(days=2)):
        client.post(checked["Location"])
    assert Case.objects.get().visit_at == chosen


def test_without_the_promise_the_rule_of_the_day_counts(staff: Staff, client: Client) -> None:
    with clock.set_to(MONDAY):
        chosen = timezone.localtime(get_availability().moments[0])
        data = fill(client, chosen)
    with clock.set_to(MONDAY + dt.timedelta(days=1)):
        for promise in ("", "2026-11-24/2026-11-24:x"):
            assert send(client, "/ajukan/", {**data, "visit_at_promise": promise}).status_code == 422
    assert not Case.objects.exists()


@pytest.mark.parametrize("is_taken", [True, False])
def test_a_promised_time_may_still_be_taken_by_others(is_taken: bool, staff: Staff, client: Client) -> None:
    Office.objects.update(visitors_at_once=1)
    with clock.set_to(MONDAY):
        chosen = timezone.localtime(get_availability().moments[0])
        data = fill(client, chosen)
        if is_taken:
            intake_services.submit(**DETAILS, visit_at=chosen)
    with clock.set_to(MONDAY + dt.timedelta(days=1)):
        send(client, "/ajukan/", data)
    assert Case.objects.filter(visit_at=chosen).count() == 1


def test_a_returned_request_keeps_what_its_form_offered(staff: Staff, client: Client) -> None:
    with clock.set_to(MONDAY):
        case = case_at(State.INCOMPLETE, staff, visit_at=MONDAY + dt.timedelta(days=9))
        address = f"/p/{case.secret}/complete/"
        found = PROMISE.search(client.get(address).text)
        assert found
        chosen = timezone.localtime(get_availability(case).moments[0])
    with clock.set_to(MONDAY + dt.timedelta(days=2)):
        data = {"version": case.version, "visit_at": f"{chosen:%Y-%m-%dT%H:%M}", "material": ""}
        assert client.post(address, data).status_code == 422
        assert client.post(address, {**data, "visit_at_promise": found[1]}).status_code == 302
