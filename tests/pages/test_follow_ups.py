"""The list of recommendations, the page that records an outcome, the desk and the case page."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from consultations.enums import State
from consultations.models import Case
from kit import clock
from reports import services
from reports.models import FollowUp
from reports.models.report import Item
from tests.case_page import read_all
from tests.factories import SECTIONS, WAY, Staff, case_at, client_of
from tests.shared_data import each

LIST = "/tindak-lanjut/"
LIST_QUERIES, DONE_QUERIES = 6, 4
"""Session, user, positions and office (4); the keys with a day, the keys without one, the rows."""

DESK_QUERIES = 9
"""Queries of the desk, with the opinions awaited and the recommendations due."""


def recommended(staff: Staff, *dues: int | None, text: str = "Perbarui data.", **details: Any) -> Case:
    """Create a closed case with one recommendation for each of `dues` (days from today)."""
    case = case_at(State.HELD, staff, **details)
    days = [None if due is None else clock.today() + dt.timedelta(days=due) for due in dues]
    items = [Item(Item.Kind.RECOMMENDATION, text, "Desa Contoh", day) for day in days]
    services.report(case, by=staff.petugas, **{**SECTIONS, "items": items})
    for state in (State.FORWARDED, State.CLOSED):
        WAY[state](case, staff)
    return case


def listed(client: Client, address: str = LIST) -> list[int]:
    """Return the keys of the listed recommendations."""
    return [follow_up.pk for follow_up, _may in client.get(address).context["rows"]]


def address(case: Case) -> str:
    return f"{LIST}{FollowUp.objects.get(case=case).pk}/"


@each("count", [1, 30])
@each("due", [-3, 3, None])
def test_the_list_costs_the_same_for_one_row_and_for_thirty(
    count: int, due: int | None, staff: Staff, at_most_queries: Any
) -> None:
    recommended(staff, *[due] * count)
    client = client_of(staff.petugas)
    with at_most_queries(LIST_QUERIES):
        assert len(listed(client)) == min(count, 25)


@each("count", [1, 30])
def test_the_other_choices_and_the_desk_cost_the_same_too(
    count: int, staff: Staff, at_most_queries: Any
) -> None:
    recommended(staff, *[-1] * count)
    client = client_of(staff.petugas)
    with at_most_queries(LIST_QUERIES - 1):
        assert len(listed(client, f"{LIST}?show=late")) == min(count, 25)
    with at_most_queries(DESK_QUERIES):
        desk = client.get("/meja/").text
    assert f'data-follow-ups="{count}"' in desk
    FollowUp.objects.update(outcome="Selesai.", done_by=staff.kabid, done_title="x", done_at=clock.now())
    with at_most_queries(DONE_QUERIES):
        assert len(listed(client, f"{LIST}?show=done")) == min(count, 25)


@pytest.mark.differs_by_database
def test_late_ones_come_first_and_those_without_a_day_last(staff: Staff) -> None:
    client = client_of(staff.petugas)
    assert [listed(client, f"{LIST}?show={show}") for show in ("open", "late", "done")] == [[], [], []]
    recommended(staff, None, 5, -2, 1)
    page = client.get(LIST)
    dues = [follow_up.due for follow_up, _may in page.context["rows"]]
    assert dues == [*(clock.today() + dt.timedelta(days=days) for days in (-2, 1, 5)), None]
    assert [page.text.count(words) for words in ("Lewat batas waktu</span>", "Tanpa batas waktu")] == [1, 1]
    assert len(listed(client, f"{LIST}?show=late")) == 1
    assert listed(client, f"{LIST}?show=done") == []


@pytest.mark.differs_by_database
@each("dues", [[2] * 60, [None] * 60, [-5, None, 3] * 20, [*range(30), *[None] * 30]])
def test_the_pages_together_hold_every_row_once(dues: list[int | None], staff: Staff) -> None:
    recommended(staff, *dues)
    client, seen, pages, address = client_of(staff.kadis), [], 0, LIST
    while address:
        response = client.get(address)
        seen += [follow_up for follow_up, _may in response.context["rows"]]
        older, pages = response.context["page"].older, pages + 1
        address = f"{LIST}{older}" if older else ""
    assert pages == 3
    assert len({follow_up.pk for follow_up in seen}) == len(seen) == 60
    assert seen == sorted(seen, key=lambda f: (f.due is None, f.due or clock.today(), f.pk))


FORGED = (
    *("after=x", "after=~", "after=~x", f"after=~{'9' * 40}", "after=2026-13-99~1", "after=9999-12-31~1"),
    *("after=0001-01-01~1", "after=%00~%00", "after=~-5", "after=2026-01-01", "show=%00", "show=other"),
    *("before=x&show=done", f"show=late&after=~{'9' * 18}"),
)


def test_a_forged_address_gets_a_page_and_an_unknown_recommendation_none(
    staff: Staff, subtests: pytest.Subtests
) -> None:
    recommended(staff, 3, None)
    client = client_of(staff.kadis)
    for query in FORGED:
        with subtests.test(query):
            assert client.get(f"{LIST}?{query}").status_code == 200
    for pk in (0, 99_999, 10**40):
        assert client_of(staff.petugas).get(f"{LIST}{pk}/").status_code == 404


MATRIX = {
    (1, 200): ("kabid", "petugas"),
    (1, 403): ("sekretariat", "pkd", "kadis", "companion"),
    (0, 404): ("other_kabid", "other_petugas", "elsewhere", "admin", "expired"),
}
"""Number of rows that these people see, and the status of the recommendation's page."""


def test_who_sees_it_and_who_may_record_it(staff: Staff, subtests: pytest.Subtests) -> None:
    case = recommended(staff, 3)
    link = f'href="{address(case)}"'
    for (rows, status), name in ((row, name) for row, names in MATRIX.items() for name in names):
        with subtests.test(name), transaction.atomic():
            client = client_of(getattr(staff, name))
            page = client.get(LIST).text
            assert page.count(f'data-case="{case.code}"') == rows
            assert (link in page) == (status == 200)
            assert client.get(address(case)).status_code == status
            answer = client.post(address(case), {"outcome": "Selesai."})
            assert answer.status_code == (302 if status == 200 else status)
            assert bool(FollowUp.objects.get().done_at) == (status == 200)
            transaction.set_rollback(True)


def test_the_case_page_shows_the_outcome(staff: Staff) -> None:
    case, client = recommended(staff, 3), client_of(staff.petugas)
    before = read_all(client, case)
    assert 'data-record="follow-ups"' in before
    assert f'href="{address(case)}"' in before
    answer = client.post(address(case), {"outcome": "Sudah  diperbarui.\r\nBersama pendamping."}, follow=True)
    assert answer.redirect_chain == [(f"/permohonan/{case.code}/", 302)]
    after = answer.text
    assert "Sudah  diperbarui.\nBersama pendamping." in after
    assert f'href="{address(case)}"' not in after
    services.correct(case, by=staff.kadis, reason="Salah ketik.")
    corrected = read_all(client, case)
    assert "(sedang diralat)" in corrected
    assert "Sudah  diperbarui.\nBersama pendamping." in corrected


def test_an_invalid_outcome_is_asked_for_again_and_a_second_one_is_refused(staff: Staff) -> None:
    case, client = recommended(staff, 3), client_of(staff.petugas)
    for outcome in ("", "  \r\n ", "\0", "x" * 4_001):
        answer = client.post(address(case), {"outcome": outcome})
        assert answer.status_code == 422, outcome
        assert 'id="error_1_id_outcome"' in answer.text
        assert FollowUp.objects.get().done_at is None
    client_of(staff.kabid).post(address(case), {"outcome": "Sudah."})
    assert client.get(address(case)).status_code == 409
    answer = client.post(address(case), {"outcome": "Yang kedua."})
    assert answer.status_code == 409
    assert ("Yang kedua." in answer.text, "sudah selesai" in answer.text) == (True, True)
    assert FollowUp.objects.get().outcome == "Sudah."


def test_the_desk_reminds_of_late_and_near_ones(staff: Staff) -> None:
    recommended(staff, 8, None, 7, -1)
    for person in (staff.petugas, staff.kabid):
        assert 'data-follow-ups="2"' in client_of(person).get("/meja/").text
    for person in (staff.kadis, staff.companion, staff.other_kabid, staff.sekretariat):
        assert "data-follow-ups" not in client_of(person).get("/meja/").text
