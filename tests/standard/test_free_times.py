"""The times that are offered: all times when the office is open and not full, and no other."""

import datetime as dt
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings as effort, strategies as st
from pytest_django import DjangoAssertNumQueries

from consultations import services as consultations_services
from consultations.enums import OF_SECRETARY, UP_TO_SCHEDULE, State
from consultations.intake import services as intake_services
from consultations.intake.models import RequestDraft
from consultations.models import Case, StateTarget
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.availability import NOT_YET_SCHEDULED, PERIOD_DAYS, get_availability
from consultations.scheduling.models import Session
from consultations.scheduling.next_steps import get_next_steps
from consultations.workflow import get_turn
from kit import clock
from kit.refusal import Refused
from office.models import ClosedDay, Office, OpeningHours, User
from office.worktime import WorkingTime
from tests.factories import DETAILS, Staff, applicant, case_at
from tests.shared_data import each
from tests.submitting import accept, send, typed

ZONE = timezone.get_default_timezone()
MONDAY = dt.datetime(2026, 11, 23, 8, 0, tzinfo=ZONE)
HALF_HOUR = dt.timedelta(minutes=30)


@pytest.fixture(autouse=True)
def no_targets(office: Office) -> None:
    """An office whose steps have no targets, unless a test says so."""
    StateTarget.objects.all().delete()


def wish(moment: dt.datetime) -> Case:
    return intake_services.submit(**{**DETAILS, "visit_at": moment})


def tuesday(hour: int, minute: int = 0) -> dt.datetime:
    return MONDAY.replace(day=24, hour=hour, minute=minute)


def test_a_whole_day_from_the_next_working_day_on(staff: Staff) -> None:
    with clock.set_to(MONDAY):
        moments = [timezone.localtime(moment) for moment in get_availability().moments]
    first = [f"{moment:%H.%M}" for moment in moments if moment.date() == dt.date(2026, 11, 24)]
    assert " ".join(first) == (
        "07.30 08.00 08.30 09.00 09.30 10.00 10.30 11.00 11.30 13.00 13.30 14.00 14.30 15.00 15.30"
    )
    assert moments[0].date() == dt.date(2026, 11, 24)
    assert moments[-1].date() == dt.date(2026, 12, 7)


@each(
    ("change", "first"),
    [
        ({"visit_lead_days": 0}, MONDAY + HALF_HOUR),
        ({"visit_lead_days": 5}, MONDAY.replace(day=30, hour=7, minute=30)),
        ({"service_minutes": 300}, None),
        ({"service_minutes": 270}, tuesday(7, 30)),
    ],
)
def test_the_office_says_how_soon_and_how_long(
    staff: Staff, change: dict[str, int], first: dt.datetime | None
) -> None:
    Office.objects.update(**change)
    with clock.set_to(MONDAY):
        moments = get_availability().moments
    assert (moments[0] if moments else None) == first


def add_targets(**hours: int) -> None:
    StateTarget.objects.bulk_create(StateTarget(state=state, hours=hours[state]) for state in hours)


UP_TO_DISPOSED = {"SUBMITTED": 8, "REGISTERED": 8, "DISPOSED": 8}


@each(
    ("lead_days", "hours", "first"),
    [
        # 24 hours of working time from Monday 08.00 on: 7, 7.5, 7.5 and 2 on Thursday.
        (1, UP_TO_DISPOSED, tuesday(7, 30).replace(day=27)),
        (5, UP_TO_DISPOSED, tuesday(7, 30).replace(day=30)),
        (0, {"PREPARED": 8}, tuesday(7, 30).replace(day=25)),
        (1, {"INCOMPLETE": 80, "HELD": 80}, tuesday(7, 30)),
    ],
)
def test_a_visit_can_be_wished_after_the_day_by_which_it_is_scheduled(
    staff: Staff, lead_days: int, hours: dict[str, int], first: dt.datetime
) -> None:
    Office.objects.update(visit_lead_days=lead_days)
    add_targets(**hours)
    with clock.set_to(MONDAY):
        assert get_availability().moments[0] == first


def test_the_first_visit_time_is_after_the_promised_day(staff: Staff) -> None:
    add_targets(**dict.fromkeys({*UP_TO_SCHEDULE} - {*OF_SECRETARY}, 8))
    with clock.set_to(MONDAY):
        next_steps = get_next_steps(case_at(State.SUBMITTED, staff), WorkingTime.load())
        assert next_steps.schedule_by
        first = timezone.localdate(get_availability().moments[0])
        assert first == WorkingTime.load().add_days(next_steps.schedule_by, 1)


def test_who_has_a_schedule_waits_for_no_other_and_who_completes_does(staff: Staff) -> None:
    add_targets(SUBMITTED=24)
    with clock.set_to(MONDAY):
        first = get_availability(case_at(State.INCOMPLETE, staff)).moments[0]
        assert first == tuesday(7, 30).replace(day=27)
        assert get_availability(case_at(State.SCHEDULED, staff)).moments[0] == tuesday(7, 30)


def test_the_form_says_why_no_time_is_earlier(staff: Staff, client: Client) -> None:
    with clock.set_to(MONDAY):
        assert "Paling awal:" not in client.get("/ajukan/").text
        add_targets(SUBMITTED=24)
        page = client.get("/ajukan/").text
        assert "Paling awal: Jumat, 27 November 2026." in page
        assert "Mendesak? Datang saja pada jam layanan, tanpa jadwal." in page


@pytest.mark.differs_by_database
def test_as_many_visitors_as_the_office_can_receive(staff: Staff) -> None:
    with clock.set_to(MONDAY):
        for _visitor in range(5):
            assert tuesday(9) in get_availability().moments
            wish(tuesday(9))
        # Two heads and four officers serve; a sixth visitor fills the half hour.
        wish(tuesday(9))
        assert tuesday(9) not in get_availability().moments
        assert tuesday(9, 30) in get_availability().moments
        Office.objects.update(visitors_at_once=7)
        assert tuesday(9) in get_availability().moments


def test_what_has_ended_or_was_cancelled_takes_no_place(staff: Staff) -> None:
    Office.objects.update(visitors_at_once=1)
    with clock.set_to(MONDAY):
        withdrawn, scheduled = wish(tuesday(9)), case_at(State.PREPARED, staff)
        assert tuesday(9) not in get_availability().moments
        intake_services.withdraw(withdrawn, by=applicant(withdrawn), reason="Sudah selesai.")
        assert tuesday(9) in get_availability().moments
        scheduling_services.schedule(scheduled, by=staff.petugas, starts_at=tuesday(10), minutes=60)
        assert {tuesday(10), tuesday(10, 30)}.isdisjoint(get_availability().moments)
        intake_services.withdraw(scheduled, by=applicant(scheduled), reason="Sudah selesai.")
        assert {tuesday(10), tuesday(10, 30)} <= {*get_availability().moments}


def test_a_case_is_not_in_its_own_way_but_its_people_are(staff: Staff) -> None:
    with clock.set_to(MONDAY):
        case, other = case_at(State.PREPARED, staff), case_at(State.PREPARED, staff)
        scheduling_services.schedule(case, by=staff.petugas, starts_at=tuesday(10))
        scheduling_services.schedule(other, by=staff.petugas, starts_at=tuesday(11))
        moments = get_availability(case).moments
        assert tuesday(10) in moments
        assert tuesday(11) not in moments
        assert tuesday(11) in get_availability().moments
        Office.objects.update(visitors_at_once=1)
        wished = wish(tuesday(14))
        assert tuesday(14) in get_availability(wished).moments
        assert tuesday(14) not in get_availability(case).moments
        ask = partial(scheduling_services.ask_time, case, by=applicant(case), reason="Ada musyawarah.")
        ask(starts_at=tuesday(9))  # who asks for another time takes that place too
        assert {tuesday(9), tuesday(10)}.isdisjoint(get_availability().moments)
        assert tuesday(9) in get_availability(case).moments


def test_a_place_that_is_gone_is_refused_by_the_steps_too(staff: Staff) -> None:
    Office.objects.update(visitors_at_once=1)
    with clock.set_to(MONDAY):
        incomplete, scheduled = wish(tuesday(9)), case_at(State.PREPARED, staff)
        consultations_services.send_back(incomplete, by=staff.pkd, missing="Surat")
        scheduling_services.schedule(scheduled, by=staff.petugas, starts_at=tuesday(10))
        wish(tuesday(14))
        with pytest.raises(Refused, match="baru saja terisi") as refusal:
            intake_services.complete(incomplete, by=applicant(incomplete), visit_at=tuesday(14))
        assert refusal.value.field == "visit_at"
        ask = partial(scheduling_services.ask_time, by=applicant(scheduled), starts_at=tuesday(14))
        with pytest.raises(Refused, match="baru saja terisi") as refusal:
            ask(scheduled, reason="Acara.")
        assert refusal.value.field == "starts_at"
        intake_services.complete(incomplete, by=applicant(incomplete), visit_at=tuesday(9))
    incomplete.refresh_from_db()
    assert (incomplete.state, incomplete.visit_at) == (State.SUBMITTED, tuesday(9))


def fill(days: int) -> None:
    """Let one visitor stay all the coming days long."""
    Office.objects.update(visitors_at_once=1)
    officer = User.objects.get(username="petugas")
    midnights = [MONDAY.replace(hour=0) + dt.timedelta(days=day) for day in range(days + 1)]
    Session.objects.bulk_create(
        Session(case=add_case(), officer=officer, starts_at=begin, ends_at=end)
        for begin, end in pairwise(midnights)
    )


def test_an_office_that_is_full_looks_further_ahead(staff: Staff) -> None:
    fill(35)
    with clock.set_to(MONDAY):
        free = get_availability()
    assert timezone.localtime(free.moments[0]) == dt.datetime(2026, 12, 28, 7, 30, tzinfo=ZONE)
    assert not free.is_full


def test_an_office_that_is_full_for_half_a_year_sets_the_time_itself(staff: Staff, client: Client) -> None:
    fill(220)
    with clock.set_to(MONDAY):
        assert get_availability().is_full
        page = client.get("/ajukan/").text
        assert "kantor menetapkan waktunya" in page
        assert 'data-pick="datetime-local"' not in page
        wished = client.post("/ajukan/", typed(visit_at="2026-11-24T09:00"))
        assert wished.status_code == 422
        assert "Kosongkan isian ini" in wished.text
        send(client, "/ajukan/", typed(visit_at=""))
        send(client, "/ajukan/", typed(visit_at="", homepage="x"))  # is held
    assert Case.objects.get(submission_hash__isnull=False).visit_at is None
    with clock.set_to(MONDAY + dt.timedelta(days=1)):
        assert accept(RequestDraft.objects.get(held_at__isnull=False), staff.pkd).visit_at is None


def test_an_office_without_hours_is_not_full(staff: Staff) -> None:
    OpeningHours.objects.all().delete()
    assert get_availability().moments == ()
    assert not get_availability().is_full


@pytest.mark.parametrize("visitors", [0, 1, 9])
def test_queries_do_not_grow_with_the_visitors(
    staff: Staff, visitors: int, at_most_queries: DjangoAssertNumQueries
) -> None:
    with clock.set_to(MONDAY):
        for number in range(visitors):
            wish(tuesday(9) + HALF_HOUR * number)
        with at_most_queries(7):
            get_availability()
    # visitors, absences, and the stamp for each of office, hours, targets, who serves, rooms


MINUTES = st.integers(0, 60 * 24 * 30)


@pytest.mark.differs_by_database
@effort(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.integers(0, 60 * 24 * 400),
    wishes=st.lists(MINUTES, max_size=12),
    sessions=st.lists(st.tuples(MINUTES, st.integers(1, 4)), max_size=8),
    closed=st.sets(st.integers(0, 30), max_size=6),
    length=st.sampled_from([1, 30, 45, 60, 90]),
    room=st.integers(1, 3),
    lead=st.integers(0, 4),
)
def test_exactly_the_times_are_offered_that_are_open_ahead_and_not_full(
    staff: Staff,
    start: int,
    wishes: list[int],
    sessions: list[tuple[int, int]],
    closed: set[int],
    length: int,
    room: int,
    lead: int,
) -> None:
    for model in (Session, Case, ClosedDay):
        model.objects.all().delete()
    now = MONDAY + dt.timedelta(minutes=start)
    Office.objects.update(service_minutes=length, visitors_at_once=room, visit_lead_days=lead)
    ClosedDay.objects.bulk_create(
        ClosedDay(day=now.date() + dt.timedelta(days=day), reason="Uji") for day in closed
    )
    span = dt.timedelta(minutes=length)
    taken = [(now + dt.timedelta(minutes=minute), span) for minute in wishes]
    for moment, _span in taken:
        add_case(visit_at=moment)
    for minute, halves in sessions:
        begins, lasts = now + dt.timedelta(minutes=minute), HALF_HOUR * halves
        times = {"starts_at": begins, "ends_at": begins + lasts}
        Session.objects.create(case=add_case(), officer=staff.petugas, **times)
        taken.append((begins, lasts))

    with clock.set_to(now):
        moments = get_availability().moments
    working = WorkingTime.load()

    def is_free(moment: dt.datetime) -> bool:
        halves = [moment + HALF_HOUR * n for n in range(-(-length // 30))]
        visitors = [
            sum(begins < half + HALF_HOUR and half < begins + lasts for begins, lasts in taken)
            for half in halves
        ]
        return now < moment and working.includes(moment, moment + span) and max(visitors) < room

    first = working.add_days(now.date(), lead) if lead else now.date()
    assert first
    begin = dt.datetime.combine(first, dt.time(), ZONE)
    assert [*moments] == [m for m in (begin + HALF_HOUR * n for n in range(48 * PERIOD_DAYS)) if is_free(m)]


def add_case(**columns: Any) -> Case:
    """A stored case in a state that still waits for its visit; not by its services, which ask for more."""
    case = Case(**{**DETAILS, "state": NOT_YET_SCHEDULED[0], "since": clock.now(), **columns})
    case.turn = get_turn(State(case.state))
    case.save(force_insert=True)
    return case


def test_the_form_shows_times_of_the_last_minute_and_newest_ones_after_a_refusal(
    staff: Staff, client: Client
) -> None:
    Office.objects.update(visitors_at_once=1)
    taken = 'value="2026-11-24T09:00"'
    with clock.set_to(MONDAY):
        data = typed(visit_at="2026-11-24T09:00")
        assert taken in client.get("/ajukan/").text
        wish(tuesday(9))
        assert taken in client.get("/ajukan/").text
        check = client.post("/ajukan/", data)["Location"]
        refused = client.post(check)
        assert "Waktu ini baru saja terisi." in refused.text
        assert taken not in refused.text
    with clock.set_to(MONDAY + dt.timedelta(minutes=1)):
        assert taken not in client.get("/ajukan/").text
        assert client.post("/ajukan/", data).status_code == 422
