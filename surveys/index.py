"""The index of the survey (Indeks Kepuasan Masyarakat), exactly as PermenPANRB 14/2017 computes it.

Pure functions on sums of answers; nothing here asks the database. All of it is exact until it is rounded.
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
"""The weight of each element. Rounded to 0.111 it would cap the index at 99.90."""

SCALE = 25
"""Answers of 1 to 4 become an index of 25 to 100."""


@dataclass(frozen=True)
class Grade:
    """The quality of the service (mutu pelayanan): from which index on, and in words."""

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
"""The grades by their letter, best first."""


def half_up(value: Fraction, places: int = 2) -> Decimal:
    """A value of at least 0, rounded; a half goes up."""
    return Decimal(floor(value * 10**places + Fraction(1, 2))).scaleb(-places)


def mean(total: int, n: int) -> Fraction:
    """The mean of an element (Nilai Rata-Rata, NRR): the sum of its answers by those who answered."""
    return Fraction(total, n)


def index_of(totals: Mapping[str, int], n: int) -> Decimal:
    """The index (IKM) of `n` answers whose elements sum up to `totals`: 25.00 to 100.00."""
    return half_up(sum((mean(totals[code], n) * WEIGHT for code in ELEMENTS), Fraction()) * SCALE)


def grade_of(index: Decimal) -> Grade:
    """The grade of an index that was rounded to two decimals."""
    return next(grade for grade in GRADES.values() if index >= grade.lowest)


def sample_size(population: int) -> int:
    """How many of a population should answer (Krejcie and Morgan): chi-square 3.841, P 0.5, error 0.05."""
    if population < 1:
        return 0
    spread = Fraction(3841, 1000) * Fraction(1, 4)
    return int(half_up(spread * population / (Fraction(25, 10_000) * (population - 1) + spread), places=0))


def lowest_of(totals: Mapping[str, int]) -> list[str]:
    """The codes of the three elements with the lowest means, lowest first; equal ones in their order."""
    return sorted(ELEMENTS, key=lambda code: totals[code])[:3]
