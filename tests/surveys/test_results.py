"""The result of a period: its figures, and which of them are suppressed."""

import datetime as dt
from contextlib import suppress

import pytest
from pytest_django import DjangoAssertNumQueries

from consultations.enums import State
from consultations.models import Case
from consultations.parties import Applicant
from kit import clock
from kit.periods import Period
from kit.refusal import Refused
from reports import services as report_services
from reports.surveys import services
from reports.surveys.queries import get_first_day, get_result
from reports.surveys.regulation import Result, Service, pool
from tests.factories import WAY, Staff, case_at
from tests.shared_data import each
from tests.surveys.answering import DAY, GOOD, after, answered, answers, fill, last_quarter, on, this_quarter
from tests.surveys.test_index import GRADE, INDEX, LOWEST, MEANS

CONSULTATION = Service.CONSULTATION


@pytest.mark.differs_by_database
def test_the_database_comes_to_the_sheet_worked_out_by_hand(staff: Staff) -> None:
    fill()
    with after(quarter := this_quarter()):
        result = get_result(quarter, CONSULTATION)
    assert str(result.index) == INDEX
    assert result.letter == GRADE
    assert [str(mean) for mean in result.means.values()] == list(MEANS)
    assert list(result.lowest) == LOWEST
    assert (result.n, result.population, result.sample, str(result.rate)) == (5, 6, 6, "83.3")
    assert (result.is_census, Result(n=31, population=31, sample=29).is_census) == (False, True)
    assert Result.from_json(result.to_json()) == result


@each(("n", "why"), [(0, "Belum ada jawaban pada periode ini."), (4, "mulai 5 jawaban")])
def test_below_five_answers_only_their_number_is_shown(n: int, why: str, staff: Staff) -> None:
    answers(n, sex="MALE")
    with after(quarter := this_quarter()):
        result = get_result(quarter, CONSULTATION)
    assert result == Result(n=n, population=n, sample=n)
    assert why in result.suppressed_because


def test_a_year_is_shown_if_each_of_its_quarters_has_five_answers(staff: Staff) -> None:
    *quarters, last = (year := Period.year_of(last_quarter().since)).quarters
    for quarter in quarters:
        answers(5, day=quarter.since, u1=1)
    answers(4, day=last.until)
    with after(year):
        suppressed = get_result(year, CONSULTATION)
    assert (suppressed.n, suppressed.grade, suppressed.means, suppressed.profile) == (19, None, {}, {})
    assert "setiap triwulannya mempunyai paling sedikit 5 jawaban" in suppressed.suppressed_because
    with after(year):
        assert [bool(get_result(quarter, CONSULTATION).grade) for quarter in year.quarters] == [
            True,
            True,
            True,
            False,
        ]
        answers(1, day=last.since)
        shown = get_result(year, CONSULTATION)
    assert (shown.n, str(shown.means["U1"])) == (20, "1.50")
    assert shown.suppressed_because == ""


@pytest.mark.differs_by_database
def test_an_answer_counts_on_the_day_on_which_its_case_was_first_closed(staff: Staff) -> None:
    for moment, n in (
        ("2026-06-30 23:59:59+07:00", 0),
        ("2026-07-01 00:00:00+07:00", 1),
        ("2026-09-30 23:59:59+07:00", 2),
        ("2026-10-01 00:00:00+07:00", 2),
    ):
        case = case_at(State.CLOSED, staff)
        Case.objects.filter(pk=case.pk).update(
            first_closed_at=moment, first_ended_at=moment, closed_at=clock.midnight(dt.date(2026, 10, 3))
        )
        with on(dt.date(2026, 10, 2)), suppress(Refused):
            services.answer(Case.objects.get(pk=case.pk), by=Applicant(case.secret), **GOOD)
        result = get_result(Period.quarter_of(dt.date(2026, 7, 1)), CONSULTATION)
        assert (result.n, result.population) == (n, n)


def test_a_corrected_report_leaves_the_answer_in_its_quarter(staff: Staff) -> None:
    quarter = this_quarter()
    case = answered(staff)
    day = get_first_day()
    with on(quarter.until + DAY):
        report_services.correct(case, by=staff.kadis, reason="Nama desa keliru.")
        assert get_first_day() == day
        for state in (State.REPORTED, State.FORWARDED, State.CLOSED):
            assert (get_result(quarter, CONSULTATION).n, get_result(quarter, CONSULTATION).population) == (
                1,
                1,
            )
            WAY[state](case, staff)
        assert (get_result(quarter, CONSULTATION).n, get_result(quarter, CONSULTATION).population) == (1, 1)
        assert get_result(Period.quarter_of(quarter.until + DAY), CONSULTATION).population == 0


def test_a_result_costs_two_queries(staff: Staff, at_most_queries: DjangoAssertNumQueries) -> None:
    for n in (1, 4):
        answers(n)
        with at_most_queries(2):
            get_result(this_quarter(), CONSULTATION)


def test_suppressed_groups_are_pooled() -> None:
    for counts, shown in (
        ({"L": 5, "P": 6}, {"L": 5, "P": 6}),
        ({"L": 5, "P": 0}, {"L": 5}),
        ({"L": 5, "P": 1}, {"POOLED": 6}),
        ({"SD": 1, "SMP": 2, "SMA": 9}, {"SMA": 9, "POOLED": 3}),
        ({"SD": 1, "SMP": 7, "SMA": 9}, {"SMA": 9, "POOLED": 8}),
        ({"L": 1, "P": 1}, {"POOLED": 2}),
        ({}, {}),
    ):
        assert pool(counts) == shown


@pytest.mark.differs_by_database
def test_the_profile_counts_each_respondent_once_in_each_part(staff: Staff) -> None:
    answers(5, sex="FEMALE", education="SMA")
    answers(3, sex="MALE", education="SMA")
    answers(2, education="SMA", occupation="PNS")
    with after(quarter := this_quarter()):
        result = get_result(quarter, CONSULTATION)
    assert result.profile == {
        "sex": {"FEMALE": 5, "POOLED": 5},
        "age": {"UNKNOWN": 10},
        "education": {"SMA": 10},
        "occupation": {"POOLED": 10},
    }
    groups = {str(label): values for label, values in result.groups}
    assert groups["Jenis kelamin"] == [("Perempuan", 5), ("Kelompok kecil, digabung", 5)]
    assert groups["Pekerjaan"] == []
