"""The dashboard: stored figures by day and division, who sees which, links, and the same as a file."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from consultations.enums import Kind, State
from consultations.models import Case
from desk.dashboard import Count, Dashboard
from kit import clock
from kit.clock import midnight
from kit.disclosure import MIN_GROUP_SIZE
from office.models import Role
from reports.models import DailyFigures
from reports.statistics.daily_figures import DayFlow, refresh_daily_figures, refresh_days
from tests.factories import Staff, appoint, case_at, client_of, make_user
from tests.many_cases import cases_at
from tests.pages.test_exports import cells
from tests.pages.test_office_lists import rows
from tests.shared_data import each
from tests.surveys.answering import answers, last_quarter

LATE = dt.timedelta(days=3)


def shown(client: Client, query: str = "") -> Dashboard:
    found: Dashboard = client.get(f"/dasbor/{query}").context["dashboard"]
    return found


def make_late(case: Case) -> Case:
    Case.objects.filter(pk=case.pk).update(due_at=clock.now() - LATE)
    return case


@pytest.fixture
def office_at_work(staff: Staff) -> Case:
    """One closed case, three that wait (one is late) and one of another division; return the late one."""
    case_at(State.CLOSED, staff)
    late = make_late(case_at(State.ASSIGNED, staff, subject="Yang terlambat"))
    case_at(State.ASSIGNED, staff)
    case_at(State.SUBMITTED, staff)
    Case.objects.filter(pk=case_at(State.DISPOSED, staff).pk).update(division=staff.other_division)
    refresh_days()
    return late


@pytest.mark.differs_by_database
def test_the_head_sees_the_whole_office_and_links_to_the_cases(office_at_work: Case, staff: Staff) -> None:
    client = client_of(staff.kadis)
    found = shown(client)
    assert (found.flow.arrived, found.flow.closed, found.count) == (5, 1, Count(4, 1))
    assert (found.flow.days, found.minutes.n, found.within) == ({0: 1}, 1, 1)
    waiting = {State.SUBMITTED: Count(1), State.DISPOSED: Count(1), State.ASSIGNED: Count(2, 1)}
    assert [(row.state, row.count) for row in found.waiting] == [*waiting.items()]
    assert {str(row.division): (row.arrived, row.count) for row in found.divisions} == {
        "Rehabilitasi Sosial": (3, Count(2, 1)),
        "Pemberdayaan Masyarakat Desa": (1, Count(1)),
    }
    assert found.officers == [(staff.petugas, Count(2, 1))]
    assert list(found.stuck) == [office_at_work]
    assert (len(found.parts), found.parts[-1].arrived, found.parts[-1].closed) == (12, 5, 1)

    page = client.get(f"/dasbor/?division={staff.division.pk}").text
    links = re.findall(r'href="(/permohonan/\?[^"]*late=on[^"]*)"', page)
    opened = [rows(client, link.replace("&amp;", "&")) for link in links]
    assert opened == [[office_at_work.code]] * 2  # all that are late, and those that wait for one step


def test_a_division_head_sees_the_own_divisions(office_at_work: Case, staff: Staff) -> None:
    found = shown(client_of(staff.kabid))
    assert (found.flow.arrived, found.count, list(found.stuck)) == (3, Count(2, 1), [office_at_work])
    other = f"?division={staff.other_division.pk}"
    assert shown(client_of(staff.kabid), other).flow.arrived == 3
    assert shown(client_of(staff.kadis), other).flow.arrived == 1
    assert shown(client_of(staff.other_kabid)).stuck == []
    acting = make_user("plt")
    for division in (staff.division, staff.other_division):
        appoint(acting, Role.DIVISION_HEAD, division)
    assert [shown(client_of(acting), query).flow.arrived for query in ("", other)] == [4, 1]
    for user in (staff.sekretariat, staff.pkd, staff.petugas, staff.admin, staff.expired):
        assert client_of(user).get("/dasbor/").status_code == 403
        assert "/dasbor/" not in client_of(user).get("/meja/").text


def test_a_complaint_about_staff_counts_after_it_has_ended(staff: Staff) -> None:
    case = make_late(case_at(State.ASSIGNED, staff, kind=Kind.COMPLAINT))
    Case.objects.filter(pk=case.pk).update(complained_about=staff.other_petugas)
    refresh_days()
    found = shown(client_of(staff.kabid))
    assert (found.flow.arrived, found.count, found.stuck, found.officers) == (0, Count(), [], [])


@each("count", [1, 30])
@each("query", ["", "?periode=12-bulan"])
def test_the_page_costs_the_same_for_one_case_and_for_thirty(
    count: int, query: str, staff: Staff, at_most_queries: Any
) -> None:
    for case in cases_at(State.ASSIGNED, staff, count):
        make_late(case)
    refresh_days()
    client = client_of(staff.kadis)
    with at_most_queries(9):
        response = client.get(f"/dasbor/{query}")
    assert response.text.count("data-case=") == min(count, 6)


@pytest.fixture
def noon() -> Iterator[None]:
    """Set the clock to noon: ten minutes later it is still the same day."""
    with clock.set_to(midnight(clock.today()) + dt.timedelta(hours=12)):
        yield


@pytest.mark.differs_by_database
def test_days_are_stored_once_and_moved_cases_are_counted_anew(noon: None, staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    week, long_ago = clock.now() - dt.timedelta(days=7), clock.now() - dt.timedelta(days=200)
    Case.objects.filter(pk=case.pk).update(submitted_at=long_ago, first_closed_at=week)
    refresh_daily_figures.call()
    assert DailyFigures.objects.count() == 201
    first = DailyFigures.objects.earliest("day")
    assert first.flow == {str(staff.division.pk): {"arrived": 1, "days": {}, "minutes": {}}}
    DailyFigures.objects.filter(day=timezone.localdate(week)).update(
        standing={"divisions": {str(staff.division.pk): {"states": {"HELD": [4, 3]}}}, "index": []}
    )
    Case.objects.filter(pk=case.pk).update(division=staff.other_division)
    with clock.set_to(clock.now() + dt.timedelta(minutes=10)):
        refresh_daily_figures.call()
    assert DailyFigures.objects.earliest("day").computed_at == first.computed_at  # computed once a day
    found = shown(client_of(staff.kadis))
    assert [row.days.n for row in found.divisions if row.division == staff.other_division] == [1]
    assert (found.flow.closed, found.late_before, found.late_change) == (1, 3, -3)
    assert 120 < found.days.median < 143
    assert "turun 3" in client_of(staff.kadis).get("/dasbor/").text


def test_the_index_is_of_the_whole_office_and_of_enough_answers(staff: Staff) -> None:
    closed = last_quarter().until
    answers(MIN_GROUP_SIZE - 1, day=closed)
    answers()  # of this quarter, which is not closed
    refresh_days()
    assert shown(client_of(staff.kabid)).known_index == []
    answers(1, day=closed, u1=4)
    refresh_days()
    (quarter,) = shown(client_of(staff.kabid)).known_index
    assert (str(quarter.index), quarter.answers) == ("75.56", 5)  # (45 x 3 + 1) x 25 / 45
    assert "75,56" in client_of(staff.kadis).get("/dasbor/").text


def test_figures_that_are_missing_are_computed_at_once_unless_the_office_is_large(staff: Staff) -> None:
    case_at(State.SUBMITTED, staff)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("desk.dashboard.is_small_office", lambda: False)
        page = client_of(staff.kadis).get("/dasbor/").text
    assert "Angka dasbor sedang dihitung" in page
    assert "/ekspor/" not in page
    assert shown(client_of(staff.kadis)).flow.arrived == 1
    with clock.set_to(clock.now() + dt.timedelta(days=1)):
        assert shown(client_of(staff.kadis)).flow.arrived == 1
    for forged in ("?periode=x", "?division=x", "?division=99", "?periode=&division="):
        assert len(shown(client_of(staff.kadis), forged).parts) == 12


@each(("change", "words"), [(2, "naik 2"), (-2, "turun 2"), (0, "tetap")])
@each("better", [True, False])
def test_a_change_is_told_in_words(change: int, words: str, better: bool) -> None:
    text = render_to_string("desk/dashboard/trend.html", {"change": change, "better": better})
    assert words in text
    if change:
        assert f'class="{"good" if (change > 0) == better else "bad"}"' in text


def test_the_file_has_the_figures_of_the_page(office_at_work: Case, staff: Staff) -> None:
    found = cells(client_of(staff.kabid), "dasbor")
    lines: dict[Any, Any] = {(part.value, name.value): value.value for part, name, value, *_more in found}
    expected = {
        ("Ringkasan", "Masuk"): 3,
        ("Ringkasan", "Terlambat sekarang"): 1,
        ("Menunggu di tiap langkah", "Catat persiapan (Petugas)"): 2,
        ("Rehabilitasi Sosial", "Berjalan"): 2,
        ("Beban petugas", "Petugas, terlambat"): 1,
    }
    assert lines | expected == lines
    assert isinstance(lines["Ringkasan", "Sampai tanggal"], dt.datetime)
    assert client_of(staff.pkd).post("/ekspor/dasbor.xlsx").status_code == 403


def test_flows_add_up() -> None:
    total = DayFlow()
    for _number in range(2):
        total.add({"arrived": 2, "days": {"3": 1}, "minutes": {"10": 2}})
    assert (total.arrived, total.closed, total.minutes) == (4, 2, {10: 4})
