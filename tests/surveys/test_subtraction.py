"""What periods tell together: nothing about few people, whichever are added and taken away."""

import datetime as dt
from collections.abc import Callable
from itertools import product

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from consultations.workflow import Refused
from office.few import ENOUGH
from office.models import User
from surveys import periods, services
from surveys.subtraction import is_told
from tests.factories import Staff
from tests.surveys.answering import answered, enough
from tests.surveys.test_results import PLAN, address, last_year, on

type ClientOf = Callable[[User], Client]

HEAT = "Ruang tunggu panas."
LEFT = "tersisa jawaban kurang dari 5 orang"

SPANS = ((0, 4), (0, 2), (2, 4), (0, 1), (1, 2), (2, 3), (3, 4))
"""The periods of a year, by the quarters of which they consist."""


@pytest.mark.parametrize(
    ("quarters", "told"),
    [
        ([4], False),
        ([5], True),
        ([9, 0], True),
        ([9, 1], False),
        ([1, 9], False),
        ([2, 3], True),
        ([2, 2], False),
        ([5, 5], True),
        ([9, 0, 0, 0], True),
        ([9, 9, 1, 0], False),
        ([9, 9, 2, 3], True),
        ([9, 2, 9, 9], False),
        ([9, 2, 9, 3], True),
        ([9, 2, 2, 3], False),
        ([2, 2, 1, 1], True),
        ([0, 0, 0, 0], False),
    ],
    ids=str,
)
def test_a_period_is_told_where_its_told_parts_leave_nobody_alone(quarters: list[int], told: bool) -> None:
    assert is_told(quarters) is told


@given(st.lists(st.integers(0, 2 * ENOUGH), min_size=4, max_size=4))
def test_no_sum_or_difference_of_what_is_told_is_about_few(quarters: list[int]) -> None:
    told = [range(*span) for span in SPANS if is_told(quarters[slice(*span)])]
    for signs in product((-1, 0, 1), repeat=len(told)):
        times = [sum(sign for sign, part in zip(signs, told, strict=True) if at in part) for at in range(4)]
        about = sum(n for n, taken in zip(quarters, times, strict=True) if taken)
        assert about == 0 or about >= ENOUGH


def test_the_first_answer_of_a_quarter_is_not_told_by_half_year_and_year(
    staff: Staff, client_of: ClientOf
) -> None:
    with on(last_year(2, 10)):
        enough(staff, u1=1)
    with on(last_year(5, 12)):
        answered(staff, u1=4, comment=HEAT)
    client, first, day = client_of(staff.pkd), last_year(2, 10), last_year(5, 12)

    with on(day):
        offered = [days for row in periods.offered(day.year, first) for days in row]
        pages = {periods.name(*days)[:-5]: client.get(address(days)).content.decode() for days in offered}
    hidden = {name for name, page in pages.items() if 'data-index=""' in page}
    assert hidden == pages.keys() - {"Triwulan I"}
    assert {name for name, page in pages.items() if LEFT in page} == {"Tahun", "Semester I"}
    assert not any(HEAT in page for page in pages.values())

    year = dt.date(day.year, 1, 1), dt.date(day.year, 12, 31)
    page = client.get(address(year)).content.decode()
    assert page.count(LEFT) == 2
    assert "survey-publish" not in page
    with pytest.raises(Refused, match=LEFT):
        services.publish(by=staff.pkd, since=year[0], until=year[1], plan=PLAN)

    with on(day):
        enough(staff)
    page = client.get(address(year)).content.decode()
    assert HEAT in page
    assert "survey-publish" in page
