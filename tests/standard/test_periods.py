"""Quarters and years: their days, names and which of them can be chosen."""

import datetime as dt

import pytest

from kit import clock
from kit.periods import Period, list_periods

pytestmark = pytest.mark.same_on_every_database


def test_the_periods_to_choose_from_and_their_names() -> None:
    def titles(year: int) -> list[list[str]]:
        return [[period.title for period in row] for row in list_periods(year, dt.date(2025, 5, 31))[:2]]

    years = ["Tahun 2027", "Tahun 2026", "Tahun 2025"]
    with clock.set_to(dt.datetime(2027, 3, 31, 9, tzinfo=dt.UTC)):
        assert titles(2027) == [years, ["Triwulan I 2027"]]
        assert titles(2025) == [years, ["Triwulan II 2025", "Triwulan III 2025", "Triwulan IV 2025"]]
        assert titles(2028) == [years, []]
        assert Period.quarter_of(clock.today()).title == "Triwulan I 2027"


def test_a_quarter_or_year_is_found_by_its_days() -> None:
    quarter = Period.between(dt.date(2026, 10, 1), dt.date(2026, 12, 31))
    year = Period.between(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert (quarter.key, year.key) == ("2026-Q4", "2026")
    assert (year.quarters[3], quarter.quarters) == (quarter, [quarter])
    month, last_twelve = Period.of("2026-11"), Period.of("12-bulan")
    assert month
    assert last_twelve
    assert month.quarters == last_twelve.quarters == []
    with pytest.raises(ValueError, match="neither a quarter nor a year"):
        Period.between(month.since, month.until)
