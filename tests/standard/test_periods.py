"""Months, quarters and years: their days, names and which of them can be chosen."""

import datetime as dt

import pytest

from kit import clock
from kit.periods import Period, list_periods

pytestmark = pytest.mark.same_on_every_database


def on(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day} 23:59+07:00")


@pytest.mark.parametrize(
    ("today", "key", "since", "until", "title"),
    [
        ("2026-11-30", "2026", "2026-01-01", "2026-12-31", "Tahun 2026"),
        ("2026-11-30", "2026-Q1", "2026-01-01", "2026-03-31", "Triwulan I 2026"),
        ("2026-11-30", "2026-Q4", "2026-10-01", "2026-12-31", "Triwulan IV 2026"),
        ("2026-11-30", "2024-02", "2024-02-01", "2024-02-29", "Februari 2024"),
        ("2026-11-30", "12-bulan", "2025-12-01", "2026-11-30", "12 bulan terakhir"),
        ("2028-02-29", "12-bulan", "2027-03-01", "2028-02-29", "12 bulan terakhir"),
    ],
)
def test_periods_have_a_key_days_and_a_name(today: str, key: str, since: str, until: str, title: str) -> None:
    with clock.set_to(on(today)):
        period = Period.of(key)
    assert period
    assert (f"{period.since}", f"{period.until}", period.title) == (since, until, title)


def test_no_other_key_is_a_period_nor_one_that_has_not_begun() -> None:
    keys = ("", "2027", "2026-12", "2026-Q5", "2026-13", "2026-1", "26", "0000", "２０２６", "2026\n", "x")
    with clock.set_to(on("2026-11-30")):
        assert [key for key in keys if Period.of(key)] == []


def test_periods_are_offered_from_the_first_case_on() -> None:
    def keys(year: int) -> list[str]:
        return [" ".join(period.key for period in row) for row in list_periods(year, dt.date(2025, 8, 31))]

    years = "2027 2026 2025"
    with clock.set_to(on("2027-03-31")):
        assert keys(2027) == [years, "2027-Q1", "2027-01 2027-02 2027-03"]
        assert keys(2025) == [years, "2025-Q3 2025-Q4", "2025-08 2025-09 2025-10 2025-11 2025-12"]
        assert keys(2028) == [years, "", ""]
        assert Period.quarter_of(clock.today()).title == "Triwulan I 2027"


def test_a_quarter_or_year_is_found_by_its_days() -> None:
    quarter = Period.between(dt.date(2026, 10, 1), dt.date(2026, 12, 31))
    year = Period.between(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert (quarter.key, year.key) == ("2026-Q4", "2026")
    assert (year.quarters[3], quarter.quarters) == (quarter, [quarter])
    month, last_twelve = Period.of("2026-08"), Period.of("12-bulan")
    assert month
    assert last_twelve
    assert month.quarters == last_twelve.quarters == []
    with pytest.raises(ValueError, match="neither a quarter nor a year"):
        Period.between(month.since, month.until)
