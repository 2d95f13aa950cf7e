"""An office in Papua: a day begins two hours before one in Jakarta, wherever a day or a time is computed."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, Value
from django.db.models.functions import TruncDate
from django.tasks import default_task_backend
from django.test import Client
from django.utils import timezone

from consultations.deadlines import due_at
from consultations.enums import State
from consultations.models import Case
from consultations.scheduling.models import Session, Slot
from consultations.scheduling.receivers import move_deadlines
from kit import clock, jobs
from kit.periods import Period
from office.models import Office
from office.receivers import enter_office, leave_office
from office.words import Zone, get_words
from office.worktime import WorkingTime, in_office
from tests.factories import Staff, case_at, client_of, make_staff, working_moment
from tests.journeys.actor import Actor
from tests.offices.conftest import DISTRIK, store

NEW_YEAR = dt.datetime(2026, 12, 31, 15, 30, tzinfo=dt.UTC)
"""22.30 WIB on 31 December, 00.30 WIT on 1 January."""


@pytest.fixture
def people(db: None) -> Staff:
    """The staff of an office in another zone, which only the test itself activates."""
    store(DISTRIK)
    Office.objects.update(has_secretary=False)
    return make_staff()


@pytest.mark.usefixtures("distrik")
def test_days_months_and_years_begin_in_the_zone_of_the_office() -> None:
    with clock.set_to(NEW_YEAR):
        assert clock.today() == dt.date(2027, 1, 1)
        assert clock.format_moment(clock.now()) == "Jumat, 1 Januari 2027, 00.30 WIT"
    assert clock.midnight(dt.date(2027, 1, 1)) == dt.datetime(2026, 12, 31, 15, tzinfo=dt.UTC)
    assert Period.year_of(dt.date(2027, 1, 1)).start == dt.datetime(2026, 12, 31, 15, tzinfo=dt.UTC)


@pytest.mark.usefixtures("distrik")
def test_working_time_is_counted_in_the_zone_of_the_office() -> None:
    tuesday = dt.datetime(2026, 11, 24, 23, tzinfo=dt.UTC)  # 08.00 WIT on Wednesday: the office opens
    working = WorkingTime.load()
    assert working.minutes_between(tuesday, tuesday + dt.timedelta(hours=2)) == 120
    assert working.first_fit(tuesday - dt.timedelta(hours=5), 30) == tuesday
    case = Case(state=State.SUBMITTED, since=tuesday)
    assert due_at(case, State.SUBMITTED, since=tuesday) == tuesday + dt.timedelta(days=1, hours=2)


@pytest.mark.differs_by_database
@pytest.mark.usefixtures("distrik")
def test_the_database_cuts_days_in_the_zone_of_the_office() -> None:
    moment = Value(NEW_YEAR, output_field=DateTimeField())
    assert Office.objects.annotate(day=TruncDate(moment)).get().day == dt.date(2027, 1, 1)


@pytest.mark.differs_by_database
def test_numbers_belong_to_the_year_of_the_office(people: Staff) -> None:
    with in_office(), clock.set_to(NEW_YEAR):
        case = case_at(State.REGISTERED, people)
    assert case.agenda is not None
    assert case.agenda.year == 2027


def test_a_time_is_typed_shown_and_exported_in_the_zone_of_the_office(people: Staff) -> None:
    case = case_at(State.PREPARED, people)
    day = working_moment(3).date()
    Actor(client_of(people.petugas)).take("schedule", case, starts_at=f"{day}T09:00", minutes="30")
    session = Session.objects.get()
    assert session.starts_at == dt.datetime.combine(day, dt.time(0), dt.UTC)
    page = Client().get(f"/p/{case.secret}/").text
    assert "09.00–09.30 WIT" in page
    calendar = Client().get(f"/p/{case.secret}/jadwal.ics").content.decode()
    assert f"DTSTART:{day:%Y%m%d}T000000Z" in calendar
    assert timezone.get_current_timezone_name() == "Asia/Jakarta"


def test_a_task_and_a_job_enter_the_office(db: None) -> None:
    store(DISTRIK)
    seen: list[tuple[str, str]] = []

    def look() -> None:
        seen.append((timezone.get_current_timezone_name(), get_words().head))

    jobs.run([look], within=in_office)
    enter_office()
    look()
    leave_office()
    look()
    inside = ("Asia/Jayapura", "Kepala Distrik")
    assert seen == [inside, inside, ("Asia/Jakarta", "Kepala Dinas")]


def test_a_task_leaves_the_office_of_one_that_never_finished(db: None) -> None:
    store(DISTRIK)
    enter_office()
    enter_office()
    leave_office()
    assert timezone.get_current_timezone_name() == "Asia/Jakarta"


def test_another_zone_changes_only_how_moments_are_shown(people: Staff) -> None:
    """A moment is stored in UTC, so it stays the same moment."""
    case = case_at(State.SCHEDULED, people)
    before = Session.objects.get().starts_at
    for zone in Zone:
        Office.objects.update(zone=zone)
        page = Client().get(f"/p/{case.secret}/").text
        assert before is not None
        assert f"{before.astimezone(ZoneInfo(zone)):%H.%M}–" in page
        assert f" {zone.name}</span>" in page
    assert Session.objects.get().starts_at == before


def test_the_zone_stays_while_sessions_are_planned_and_deadlines_follow_it(people: Staff) -> None:
    case_at(State.SCHEDULED, people)
    office = Office.load()
    office.zone = Zone.WIB
    with pytest.raises(ValidationError) as refused:
        office.clean()
    assert "zone" in refused.value.message_dict
    Slot.objects.all().delete()
    office.clean()
    default_task_backend.clear()  # type: ignore[attr-defined]
    office.save()
    office.save()
    tasks = [result.task for result in default_task_backend.results]  # type: ignore[attr-defined]
    assert tasks.count(move_deadlines) == 1
