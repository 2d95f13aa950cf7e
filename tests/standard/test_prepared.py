"""Queries that are compiled once give each reader the rows of the moment."""

import datetime as dt

import pytest
from django.db.models import QuerySet

from consultations.enums import State
from consultations.models import Case
from consultations.queries import get_visible_case, waiting_for
from office import clock
from office.models import Division, Role, User
from office.prepared import prepared
from tests.factories import Staff, appoint, case_at

pytestmark = pytest.mark.differs_by_database

BUILT: list[User] = []


@prepared
def late(user: User, state: State, *, after: dt.datetime) -> QuerySet[Case]:
    BUILT.append(user)
    return waiting_for(user).filter(state=state, due_at__lt=clock.now(), since__gte=after).order_by("pk")


def test_one_query_serves_all_readers_with_the_same_positions(staff: Staff) -> None:
    BUILT.clear()
    cases = [case_at(State.ASSIGNED, staff) for _ in range(2)]
    Case.objects.update(due_at=clock.now() + dt.timedelta(days=9))
    Case.objects.filter(pk=cases[1].pk).update(officer=staff.other_petugas)
    before = clock.now() - dt.timedelta(hours=1)
    assert late(staff.petugas, State.ASSIGNED, after=before) == []
    with clock.set_to(clock.now() + dt.timedelta(days=30)):
        assert late(staff.petugas, State.ASSIGNED, after=before) == cases[:1]
        assert late(staff.other_petugas, State.ASSIGNED, after=before) == cases[1:]
        assert late(staff.petugas, State.ASSIGNED, after=clock.now()) == []
        assert len(BUILT) == 1
        assert late(staff.kabid, State.ASSIGNED, after=before) == []
        assert late(staff.petugas, State.HELD, after=before) == []
    assert len(BUILT) == 3


def test_another_position_is_another_query(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    Case.objects.update(due_at=clock.now() + dt.timedelta(days=9))
    assert get_visible_case(staff.kadis, case.code) == case
    before = late(staff.kabid, State.REGISTERED, after=case.since)
    appoint(staff.kabid, Role.HEAD, acting="Plh.")
    acting = User.objects.get(pk=staff.kabid.pk)
    with clock.set_to(clock.now() + dt.timedelta(days=30)):
        assert (before, late(acting, State.REGISTERED, after=case.since)) == ([], [case])


def test_a_key_may_look_like_the_year_of_the_stand_ins(staff: Staff) -> None:
    appoint(staff.kabid, Role.DIVISION_HEAD, Division.objects.create(pk=3999, name="Bidang Baru", code="BB"))
    case = case_at(State.ASSIGNED, staff)
    assert get_visible_case(User.objects.get(pk=staff.kabid.pk), case.code) == case


def test_a_moment_that_is_computed_from_the_present_is_refused(staff: Staff) -> None:
    @prepared
    def of_last_hour(user: User) -> QuerySet[Case]:
        return Case.objects.filter(officer=user, since__gte=clock.now() - dt.timedelta(hours=1))

    with pytest.raises(TypeError, match="as a value of its own"):
        of_last_hour(staff.petugas)


def test_nothing_of_the_first_reader_remains(staff: Staff) -> None:
    @prepared
    def own(user: User) -> QuerySet[Case]:
        return Case.objects.filter(officer__in=[held.user for held in user.current_appointments])

    case = case_at(State.ASSIGNED, staff)
    assert (own(staff.petugas), own(staff.other_petugas)) == ([case], [])


def test_a_value_that_is_computed_from_another_is_refused(staff: Staff) -> None:
    @prepared
    def containing(user: User, *, word: str) -> QuerySet[Case]:
        return Case.objects.filter(subject__icontains=word)

    @prepared
    def between(user: User, *, first: dt.date, last: dt.date) -> QuerySet[Case]:
        return Case.objects.filter(answer_due__range=(first - dt.timedelta(days=1), last))

    @prepared
    def after(user: User, *, key: int) -> QuerySet[Case]:
        return Case.objects.filter(pk__gt=key + 1)

    for read in (
        lambda: containing(staff.kadis, word="a"),
        lambda: between(staff.kadis, first=clock.today(), last=clock.today()),
        lambda: after(staff.kadis, key=1),
    ):
        with pytest.raises(TypeError, match="as a value of its own"):
            read()


def test_none_is_no_value(staff: Staff) -> None:
    @prepared
    def due(user: User, *, day: dt.date) -> QuerySet[Case]:
        return Case.objects.filter(answer_due=day)

    assert due(staff.kadis, day=clock.today()) == []
    with pytest.raises(TypeError, match="no value of a prepared query"):
        due(staff.kadis, day=None)  # type: ignore[arg-type]


def test_a_number_may_be_compared_with_a_column_without_negative_numbers(staff: Staff) -> None:
    @prepared
    def numbered(user: User, *, number: int) -> QuerySet[Case]:
        return Case.objects.filter(agenda__number=number)

    case = case_at(State.REGISTERED, staff)
    assert case.agenda
    assert numbered(staff.kadis, number=case.agenda.number) == [case]
