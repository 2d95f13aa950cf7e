"""Suppression of small counts: its law, and the charts that obey it."""

import pytest
from hypothesis import given, strategies as st

from kit import clock
from kit.disclosure import MIN_GROUP_SIZE, publishable, suppressed
from kit.periods import Period
from reports.statistics.figures import ServiceFigures, Spread
from reports.statistics.public import CachedFigures, Statistics

COUNTS = st.dictionaries(st.integers(0, 6), st.integers(0, 4 * MIN_GROUP_SIZE))


@given(st.integers(0, 100))
def test_a_count_is_published_if_it_is_zero_or_large_enough(count: int) -> None:
    assert publishable(count) == (count if count == 0 or count >= MIN_GROUP_SIZE else None)


@given(COUNTS)
def test_every_small_count_is_suppressed_and_no_empty_group(counts: dict[int, int]) -> None:
    hidden = suppressed(counts)
    assert {group for group, count in counts.items() if publishable(count) is None} <= hidden
    assert all(counts[group] for group in hidden)


@given(COUNTS)
def test_no_suppressed_count_can_be_computed_from_the_total(counts: dict[int, int]) -> None:
    occurring = [group for group, count in counts.items() if count]
    assert len(suppressed(counts)) != 1 or len(occurring) == 1


@given(COUNTS)
def test_nothing_more_is_suppressed_than_the_next_smallest(counts: dict[int, int]) -> None:
    hidden = suppressed(counts)
    large = [group for group in hidden if counts[group] >= MIN_GROUP_SIZE]
    assert len(large) <= 1
    for group in large:
        assert len(hidden) == 2
        assert all(counts[group] <= counts[other] for other in counts.keys() - hidden if counts[other])


def by_division(divisions: dict[str, int], *, whole: int) -> dict[str, str]:
    """Return the texts of the chart of divisions by their names."""
    figures = ServiceFigures(30, Spread(), 0, {}, Spread(), {}, {}, {"HELD": whole}, divisions, {}, 0, 0)
    cached = CachedFigures(Period.year_of(clock.today()), figures, clock.now())
    chart = next(chart for chart in Statistics(cached, None).arrivals if chart.head == "Bidang")
    return {row.label: row.text for row in chart.rows}


HIDDEN = "tidak ditampilkan"


@pytest.mark.parametrize(
    ("counts", "texts"),
    [
        ([5, 9], ["5", "9"]),
        ([1, 9], [HIDDEN, HIDDEN]),
        ([1, 9, 8], [HIDDEN, "9", HIDDEN]),
        ([2, 3, 8], [HIDDEN, HIDDEN, "8"]),
        ([1, 2], [HIDDEN, HIDDEN]),
    ],
)
def test_a_chart_hides_suppressed_parts(counts: list[int], texts: list[str]) -> None:
    names = [f"Bidang {number}" for number in range(len(counts))]
    read = by_division(dict(zip(names, counts, strict=True)), whole=sum(counts))
    assert [*read.values()] == texts


def test_cases_without_a_division_count_as_a_part() -> None:
    divisions = {"Bidang 1": 9, "Bidang 2": 8}
    assert by_division(divisions, whole=17) == {"Bidang 1": "9", "Bidang 2": "8"}
    assert by_division(divisions, whole=18) == {"Bidang 1": "9", "Bidang 2": HIDDEN}
    assert by_division({"Bidang 1": 1, "Bidang 2": 8}, whole=15) == {"Bidang 1": HIDDEN, "Bidang 2": "8"}
