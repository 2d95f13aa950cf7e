"""The index of a sheet worked out by hand, the limits of the grades, and the laws of the index."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from reports.surveys.regulation import (
    ELEMENTS,
    WEIGHT,
    get_grade,
    get_index,
    half_up,
    list_lowest,
    mean,
    sample_size,
)

pytestmark = pytest.mark.same_on_every_database

CODES = ("U1", "U2", "U3", "U4", "U5", "U6", "U7", "U8", "U9")

# Five respondents, worked out by hand. SUMS are their columns, MEANS are SUMS / 5.
#      U1 U2 U3 U4 U5 U6 U7 U8 U9
SHEET = (
    (4, 3, 3, 4, 3, 4, 4, 2, 3),
    (3, 3, 2, 4, 3, 3, 4, 3, 4),
    (4, 4, 3, 4, 4, 4, 4, 3, 4),
    (3, 2, 3, 4, 3, 3, 3, 3, 2),
    (3, 3, 2, 4, 3, 3, 4, 2, 3),
)
SUMS = (17, 15, 13, 20, 16, 17, 19, 13, 16)
MEANS = ("3.40", "3.00", "2.60", "4.00", "3.20", "3.40", "3.80", "2.60", "3.20")
# Sum of the NRR: 29.2; 29.2 / 9 = 3.24444...; times 25 = 81.1111...
INDEX, GRADE = "81.11", "B"
LOWEST = ["U3", "U8", "U2"]  # 2.60 twice, in the order of the codes, then 3.00


def sums(sheet: tuple[tuple[int, ...], ...]) -> dict[str, int]:
    return dict(zip(CODES, map(sum, zip(*sheet, strict=True)), strict=True))


def test_the_sheet_worked_out_by_hand() -> None:
    totals = sums(SHEET)
    assert totals == dict(zip(CODES, SUMS, strict=True))
    assert [str(half_up(mean(totals[code], 5))) for code in CODES] == list(MEANS)
    assert str(get_index(totals, 5)) == INDEX
    assert get_grade(get_index(totals, 5)).letter == GRADE
    assert list_lowest(totals) == LOWEST
    assert str(get_index(dict.fromkeys(CODES, 28), 7)) == "100.00", "all fours"
    assert str(get_index(dict.fromkeys(CODES, 7), 7)) == "25.00", "all ones"
    assert Fraction(1, 9) == WEIGHT


def test_the_elements_are_those_of_the_regulation() -> None:
    words = {code: [str(word) for word in element.answers] for code, element in ELEMENTS.items()}
    assert tuple(sorted(words)) == CODES
    assert all(len(answers) == 4 for answers in words.values())
    assert words["U1"] == ["Tidak sesuai", "Kurang sesuai", "Sesuai", "Sangat sesuai"]
    assert words["U4"] == ["Sangat mahal", "Cukup mahal", "Murah", "Gratis"]
    assert words["U7"][3] == "Sangat sopan dan ramah"
    assert words["U8"] == ["Buruk", "Cukup", "Baik", "Sangat baik"]
    assert words["U9"][::3] == ["Tidak ada", "Dikelola dengan baik"]


def test_it_is_rounded_half_up_and_then_graded() -> None:
    for exact, rounded, letter in (
        ("100", "100.00", "A"),
        ("88.305", "88.31", "A"),
        ("88.3049", "88.30", "B"),
        ("88.30", "88.30", "B"),
        ("76.605", "76.61", "B"),
        ("76.6049", "76.60", "C"),
        ("64.995", "65.00", "C"),
        ("64.9949", "64.99", "D"),
        ("25", "25.00", "D"),
    ):
        index = half_up(Fraction(exact))
        assert (str(index), get_grade(index).letter) == (rounded, letter), exact


def test_the_sample_of_krejcie_and_morgan() -> None:
    small = {0: 0, 1: 1, 10: 10, 50: 44, 100: 80, 220: 140, 500: 217, 1000: 278, 100_000: 383}
    assert {population: sample_size(population) for population in small} == small


type Answers = list[tuple[int, ...]]

ANSWERS = st.lists(st.tuples(*[st.integers(1, 4)] * 9), min_size=1, max_size=40)


@given(ANSWERS)
def test_the_index_lies_between_25_and_100_and_has_a_grade(sheet: Answers) -> None:
    index = get_index(sums(tuple(sheet)), len(sheet))
    assert Decimal(25) <= index <= Decimal(100)
    assert get_grade(index).lowest <= index


@given(ANSWERS.flatmap(lambda sheet: st.tuples(st.just(sheet), st.permutations(sheet))))
def test_the_order_of_respondents_makes_no_difference(sheets: tuple[Answers, Answers]) -> None:
    first, second = (sums(tuple(sheet)) for sheet in sheets)
    assert get_index(first, len(sheets[0])) == get_index(second, len(sheets[1]))
    assert list_lowest(first) == list_lowest(second)


@given(st.integers(1, 10_000))
def test_no_sample_is_larger_than_its_population(population: int) -> None:
    assert 1 <= sample_size(population) <= population
