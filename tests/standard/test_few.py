"""Parts of a whole: none of them that is too small to be told can be found by subtraction."""

import pytest

from reports.charts import arrivals
from reports.figures import ServiceFigures
from reports.percentiles import Spread


def by_division(divisions: dict[str, int], *, whole: int) -> dict[str, str]:
    """What the page reads of the divisions, by their names."""
    figures = ServiceFigures(30, Spread(), 0, {}, Spread(), {}, {}, {"HELD": whole}, divisions, 0, 0)
    chart = next(chart for chart in arrivals(figures) if chart.head == "Bidang")
    return {row.label: row.text for row in chart.rows}


NOT_TOLD = "tidak ditampilkan"

# fmt: off -- a table is read in columns
PARTS: dict[str, tuple[list[int], list[str]]] = {
    "enough": ([5, 9], ["5", "9"]),
    "one of two": ([1, 9], [NOT_TOLD, NOT_TOLD]),
    "one of three": ([1, 9, 8], [NOT_TOLD, "9", NOT_TOLD]),
    "two that are few together": ([1, 2, 8, 9], [NOT_TOLD, NOT_TOLD, NOT_TOLD, "9"]),
    "two that are enough together": ([2, 3, 8], [NOT_TOLD, NOT_TOLD, "8"]),
    "few in all": ([1, 2], [NOT_TOLD, NOT_TOLD]),
}
# fmt: on


@pytest.mark.parametrize("case", PARTS)
def test_no_small_part_is_found_by_subtraction_from_the_whole(case: str) -> None:
    counts, texts = PARTS[case]
    names = [f"Bidang {number}" for number in range(len(counts))]
    read = by_division(dict(zip(names, counts, strict=True)), whole=sum(counts))
    assert read == dict(zip(names, texts, strict=True))


def test_cases_of_no_division_yet_are_not_found_by_subtraction_either() -> None:
    divisions = {"Bidang 1": 9, "Bidang 2": 8}
    assert by_division(divisions, whole=17) == {"Bidang 1": "9", "Bidang 2": "8"}
    assert by_division(divisions, whole=18) == {"Bidang 1": "9", "Bidang 2": NOT_TOLD}
