"""Officers get one notice about a session on a closed day."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from consultations.enums import State
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.queries import current_session
from notices.models import Message, Notice
from notices.services.delivery import deliver
from notices.services.occasions import notify_of_collisions
from office.models import ClosedDay
from tests.factories import Staff, case_at, working_moment
from tests.many_cases import cases_at


def close_day(reason: str = "Pilkada") -> ClosedDay:
    return ClosedDay.objects.create(day=working_moment().date(), reason=reason)


@pytest.mark.differs_by_database
def test_an_officer_is_told_once_and_again_if_the_day_is_closed_again(crew: Staff) -> None:
    case = case_at(State.SCHEDULED, crew)
    assert notify_of_collisions.func() == 0
    holiday = close_day()
    assert [notify_of_collisions.func() for _ in range(2)] == [1, 0]
    notice = Notice.objects.get(kind="COLLISION")
    assert notice.recipient == crew.petugas
    deliver()
    assert notice.messages.get().status == "SENT"
    holiday.delete()
    assert notify_of_collisions.func() == 0
    notice.refresh_from_db()
    assert notice.superseded_at
    close_day()
    assert notify_of_collisions.func() == 1
    case.refresh_from_db()
    scheduling_services.reschedule(case, by=crew.petugas, reason="Libur.", starts_at=working_moment(2))
    assert not Notice.objects.filter(kind="COLLISION", superseded_at=None).exists()
    assert not Message.objects.filter(notice__kind="COLLISION", status="WAITING").exists()


@pytest.mark.parametrize("count", [1, 12])
def test_the_query_count(count: int, crew: Staff, at_most_queries: DjangoAssertNumQueries) -> None:
    cases = cases_at(State.SCHEDULED, crew, count)
    close_day()
    assert {current_session(case).starts_at.date() for case in cases} == {dt.date(2026, 11, 25)}  # type: ignore[union-attr]
    with at_most_queries(11):
        assert notify_of_collisions.func() == count
