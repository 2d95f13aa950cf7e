"""Published results side by side: the answers of fewer than five are found in none of their differences."""

import pytest

from surveys import periods
from surveys.disclosure import Days, gives_away

PERIODS: dict[str, Days] = {
    **{f"Q{number}": periods.months(2026, number * 3 - 2, 3) for number in range(1, 5)},
    **{f"S{number}": periods.months(2026, number * 6 - 5, 6) for number in range(1, 3)},
    "Y": periods.months(2026, 1, 12),
}

# fmt: off -- a table is read in columns
RESULTS = """
published                   then     beside
-                           Q1 30    -          nothing was published yet
Q1 30                       Q1 30    -          the plan alone is corrected
Q1 30                       Q1 34    Q1         four more answers
Q1 30                       Q1 35    -          five more answers
Q1 30, Q1 35                Q1 36    Q1         the newest version is too near
Q1 30                       Q2 31    -          two quarters have no answer in common
Q1 30                       S1 31    Q1         one answer in the second quarter
Q1 30                       S1 30    -          none in the second quarter
Q1 30                       S1 35    -          five in the second quarter
S1 31                       Q1 30    S1         the same, in the other order
S1 31                       Q2 30    S1         and with the other quarter
S1 30                       Q1 31    S1         one answer came in after the half-year was published
Q1 30, Q2 20                S1 52    Q1+Q2      two came in meanwhile
Q1 30, Q2 20                S1 50    -          a half-year of two quarters
Q1 30, Q2 20                Y 53     Q1+Q2      three in the second half-year
Q1 30, Q2 20, Q3 10         Y 62     Q1+Q2+Q3   two in the last quarter
S1 50, Q3 10                Y 62     S1+Q3      the same, found with the half-year
Y 62, S1 50                 Q3 10    Y+S1       the same, the quarter last
Y 62, Q3 10                 S1 50    Y+Q3       the same, the half-year last
Y 62, Q1 20, Q3 10          Q4 30    Y+Q1+Q3    two in the second quarter, which nobody published
Y 62, Q3 10                 S2 12    Q3         the last quarter, by its half-year
Y 62                        S1 50    -          twelve in the second half-year
Q1 20, Q1 30                S1 33    Q1         by the newer version
Q1 27, Q1 40                S1 30    Q1         by the older version
S1 50, S2 20                Y 70     -          a year of two half-years
S1 50, Q1 25, Q2 25, S2 20  Y 70     -          and of quarters
"""
# fmt: on
ROWS = RESULTS.strip().splitlines()[1:]


def columns(line: str) -> tuple[str, str, str, str]:
    published, then, beside, why = (part.strip() for part in (line[:28], line[28:37], line[37:48], line[48:]))
    return published, then, beside, why


def result(words: str) -> tuple[Days, int]:
    period, n = words.split()
    return PERIODS[period], int(n)


@pytest.mark.parametrize("line", ROWS, ids=lambda line: columns(line)[3])
def test_what_is_found_by_subtraction(line: str) -> None:
    published, then, beside, _why = columns(line)
    before = [result(words) for words in published.split(", ")] if published != "-" else []
    named = [PERIODS[period] for period in beside.split("+")] if beside != "-" else []
    assert sorted(gives_away(*result(then), before)) == sorted(named)
