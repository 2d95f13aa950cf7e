"""The satisfaction index (Indeks Kepuasan Masyarakat, IKM) as PermenPANRB 14/2017 computes it.

Pure functions on sums of answers. Values are exact fractions and rounded once, at the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from surveys.elements import ELEMENTS

WEIGHT = Fraction(1, 9)
"""The weight of each element. A weight of 0.111 would limit the index to 99.90."""

SCALE = 25
"""Factor from answers (1 to 4) to the index (25 to 100)."""


@dataclass(frozen=True)
class Grade:
    """A grade of service quality (mutu pelayanan) with the lowest index that earns it."""

    letter: str
    label: Promise
    lowest: Decimal


GRADES: dict[str, Grade] = {
    grade.letter: grade
    for grade in (
        Grade("A", _("Sangat Baik"), Decimal("88.31")),
        Grade("B", _("Baik"), Decimal("76.61")),
        Grade("C", _("Kurang Baik"), Decimal("65.00")),
        Grade("D", _("Tidak Baik"), Decimal("25.00")),
    )
}
"""The grades by letter, best first."""


def half_up(value: Fraction, places: int = 2) -> Decimal:
    """Round a value of at least 0; a half is rounded up."""
    return Decimal(floor(value * 10**places + Fraction(1, 2))).scaleb(-places)


def mean(total: int, n: int) -> Fraction:
    """Return the mean of an element (Nilai Rata-Rata, NRR) from the sum of `n` answers."""
    return Fraction(total, n)


def get_index(totals: Mapping[str, int], n: int) -> Decimal:
    """Return the index of `n` answers, 25.00 to 100.00. `totals` are the sums by element code."""
    return half_up(sum((mean(totals[code], n) * WEIGHT for code in ELEMENTS), Fraction()) * SCALE)


def get_grade(index: Decimal) -> Grade:
    """Return the grade of an index that is rounded to two decimals."""
    return next(grade for grade in GRADES.values() if index >= grade.lowest)


def sample_size(population: int) -> int:
    """Return the required number of respondents (Krejcie and Morgan: chi-square 3.841, P 0.5, error 0.05)."""
    if population < 1:
        return 0
    spread = Fraction(3841, 1000) * Fraction(1, 4)
    return int(half_up(spread * population / (Fraction(25, 10_000) * (population - 1) + spread), places=0))


CENSUS_UP_TO = 30
"""Largest population that is asked without sampling. A sample would be nearly as large (28 of 30)."""


def get_rate(n: int, population: int) -> Decimal:
    """Return the response rate in percent, 0.0 to 100.0."""
    return half_up(Fraction(n * 100, population), places=1) if population else Decimal(0)


def list_lowest(totals: Mapping[str, int]) -> list[str]:
    """Return the codes of the three elements with the lowest means, lowest first."""
    return sorted(ELEMENTS, key=lambda code: totals[code])[:3]
