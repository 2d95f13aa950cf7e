"""A new holiday: deadlines move, and sessions of that day are shown to administrator and officer."""

import datetime as dt

import pytest
from django.db.models.signals import post_init
from django.dispatch import receiver
from django.tasks import default_task_backend
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations import services as consultations_services
from consultations.enums import ComplaintKind, Kind, State
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.queries import current_session
from consultations.scheduling.receivers import move_deadlines
from kit.cache import get_version
from office.models import ClosedDay, Office, OpeningHours
from tests.factories import ClientOf, Staff, case_at
from tests.many_cases import copies_of
from tests.shared_data import each
from tests.standard.conftest import MONDAY

pytestmark = pytest.mark.usefixtures("monday")

WEDNESDAY = MONDAY + dt.timedelta(days=2)


def complaint(state: State, staff: Staff) -> Case:
    """Return a complaint in SUBMITTED, REGISTERED or SCHEDULED (for 10 December) that is due in five days."""
    before = State.PREPARED if state == State.SCHEDULED else State.SUBMITTED
    case = case_at(before, staff, kind=Kind.COMPLAINT)
    if state == State.SCHEDULED:
        case.complaint_kind, case.answer_due = ComplaintKind.INFORMATION, dt.date(2026, 11, 30)
        case.save(update_fields=["complaint_kind", "answer_due"])
        later = MONDAY + dt.timedelta(days=17)
        scheduling_services.schedule(case, by=staff.petugas, starts_at=later)
    if state == State.REGISTERED:
        kind = ComplaintKind.INFORMATION
        consultations_services.register(case, by=staff.pkd, classification="700", complaint_kind=kind)
    return case


def days(case: Case) -> list[str]:
    """Return due moment, first follow-up and answer as days of November or December."""
    case.refresh_from_db()
    due = timezone.localtime(case.due_at) if case.due_at else None
    return [f"{day:%d.%m}" if day else "-" for day in (due, case.follow_up_due, case.answer_due)]


@each(
    ("state", "kind", "before", "after"),
    [
        (State.DISPOSED, Kind.CONSULTATION, "24.11 - -", "25.11 - -"),
        (State.SCHEDULED, Kind.CONSULTATION, "24.11 - -", "24.11 - -"),
        (State.SUBMITTED, Kind.COMPLAINT, "24.11 - -", "25.11 - -"),
        (State.REGISTERED, Kind.COMPLAINT, "24.11 30.11 30.11", "25.11 01.12 01.12"),
        (State.SCHEDULED, Kind.COMPLAINT, "30.11 30.11 30.11", "01.12 30.11 01.12"),
        (State.CLOSED, Kind.CONSULTATION, "- - -", "- - -"),
    ],
)
def test_a_holiday_moves_the_deadlines_that_span_it(
    state: State, kind: Kind, before: str, after: str, staff: Staff
) -> None:
    case = complaint(state, staff) if kind == Kind.COMPLAINT else case_at(state, staff)
    version = case.version
    assert days(case) == before.split()
    holiday = ClosedDay.objects.create(day=dt.date(2026, 11, 24), reason="Pilkada")
    assert move_deadlines.func() == (before != after)
    assert days(case) == after.split()
    assert move_deadlines.func() == 0
    holiday.day = dt.date(2026, 11, 22)
    holiday.save()
    move_deadlines.func()
    assert days(case) == before.split()
    assert case.version == version


@pytest.mark.parametrize("count", [1, 30])
def test_many_deadlines_cost_no_more_queries(
    count: int, staff: Staff, at_most_queries: DjangoAssertNumQueries
) -> None:
    copies_of(complaint(State.REGISTERED, staff), count - 1)
    ClosedDay.objects.create(day=dt.date(2026, 11, 24), reason="Pilkada")
    with at_most_queries(9):  # savepoint, cases, working time, targets, update, rows and entries
        assert move_deadlines.func() == count


def test_a_change_meanwhile_costs_a_query_for_each_table_and_not_for_each_case(
    staff: Staff, at_most_queries: DjangoAssertNumQueries
) -> None:
    """The task has read the version of the office before somebody else changes it."""
    copies_of(complaint(State.REGISTERED, staff), 29)
    ClosedDay.objects.create(day=dt.date(2026, 11, 24), reason="Pilkada")

    @receiver(post_init, sender=Case, weak=False)
    def change_the_office(**_signal: object) -> None:
        post_init.disconnect(change_the_office, sender=Case)
        Office.objects.update(phone="0717-1")
        get_version()
        Office.objects.update(phone="0717-2")

    with at_most_queries(16):
        assert move_deadlines.func() == 30


@pytest.mark.differs_by_database
def test_a_holiday_over_three_sessions(staff: Staff, client_of: ClientOf) -> None:
    cases = [case_at(State.PREPARED, staff) for _ in range(4)]
    for n, case in enumerate(cases):
        at = WEDNESDAY + dt.timedelta(days=n // 3, minutes=30 * n)
        mode = ["OFFICE", "ONLINE", "ELSEWHERE", "OFFICE"][n]
        scheduling_services.schedule(case, by=staff.petugas, starts_at=at, mode=mode, place="Aula")
    administrator, officer = client_of(staff.admin), client_of(staff.petugas)
    assert "Terjadwal saat kantor tutup" not in officer.get("/meja/").text

    typed = {"day": "2026-11-25", "reason": "Pilkada"}
    default_task_backend.clear()  # type: ignore[attr-defined]
    answer = administrator.post("/pengaturan/office/closedday/add/", typed, follow=True)

    (warning,) = [str(m) for m in answer.context["messages"] if m.level_tag == "warning"]
    assert warning.startswith("3 konsultasi terjadwal pada waktu kantor tutup: ")
    assert [case.code in warning for case in cases] == [True, True, True, False]
    assert f"{cases[0].code} (Rabu, 25 November 2026, 09.00 WIB)" in warning
    assert cases[0].subject not in answer.text
    enqueued = {result.task.name for result in default_task_backend.results}  # type: ignore[attr-defined]
    assert enqueued == {"move_deadlines", "notify_of_collisions"}
    panel = officer.get("/meja/").text.split('id="kantor-tutup"')[1].split("</section>")[0]
    assert panel.count('data-verb="reschedule"') == panel.count("Pilkada") == 3
    assert 'id="kantor-tutup"' not in client_of(staff.companion).get("/meja/").text
    later = WEDNESDAY + dt.timedelta(days=2)
    scheduling_services.reschedule(cases[0], by=staff.petugas, reason="Pilkada.", starts_at=later)
    assert officer.get("/meja/").text.count("Pilkada") == 2


def test_shorter_opening_hours_collide_with_meetings_at_the_office(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.SCHEDULED, staff)
    session = current_session(case)
    assert session
    assert session.starts_at
    OpeningHours.objects.filter(weekday=session.starts_at.weekday()).update(opens=dt.time(10))
    assert "di luar jam layanan" in client_of(staff.petugas).get("/meja/").text


def test_the_calendar_names_the_holidays_of_the_week(staff: Staff, client_of: ClientOf) -> None:
    ClosedDay.objects.create(day=dt.date(2026, 12, 22), reason="HUT Provinsi")
    ClosedDay.objects.create(day=dt.date(2026, 12, 24), reason="Tetap buka", is_open=True)
    page = client_of(staff.petugas).get("/kalender/?week=2026-12-21").text
    assert page.count("data-holiday=") == 2
    assert 'data-holiday="2026-12-22"><span>Kantor tutup: HUT Provinsi' in page
    assert 'data-holiday="2026-12-25"><span>Kantor tutup: Hari Raya Natal' in page
