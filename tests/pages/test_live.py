"""Pages that stay fresh: the pulse tells a page of the staff when to fetch itself again."""

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from consultations.enums import Kind, State
from desk.live import get_pulse
from dispositions import services
from tests.case_page import read_all
from tests.factories import WAY, Staff, case_at, client_of, sign_papers


def ask(client: Client, **given: str) -> tuple[int, dict[str, str]]:
    answer = client.get("/meja/denyut/", given, headers={"Sec-Fetch-Dest": "empty"})
    return answer.status_code, answer.json() if answer.status_code == 200 else {}


def test_the_pulse_changes_with_each_step(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    client = client_of(staff.kabid)
    _status, news = ask(client)
    assert ask(client, since=news["pulse"], unread=news["unread"]) == (204, {})
    WAY[State.DISPOSED](case, staff)
    status, later = ask(client, since=news["pulse"], unread=news["unread"])
    assert status == 200
    assert later["pulse"] != news["pulse"]
    assert int(later["unread"]) == int(news["unread"] or 0) + 1
    assert later["label"] == f"Pemberitahuan, {later['unread']} belum dibaca"


def test_the_pulse_of_a_case_is_its_own(staff: Staff) -> None:
    case, other = case_at(State.DISPOSED, staff), case_at(State.REGISTERED, staff)
    before = get_pulse(case)
    WAY[State.DISPOSED](other, staff)
    assert get_pulse(case) == before
    services.assign(case, by=staff.kabid, officer=staff.petugas)
    assert get_pulse(case) != before
    assert ask(client_of(staff.kabid), case=case.code)[1]["pulse"] == get_pulse(case)


def test_nobody_learns_of_a_case_that_one_may_not_see(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    assert ask(client_of(staff.elsewhere), case=case.code)[0] == 404
    assert ask(client_of(staff.kadis), case="XXXX-YYYY")[0] == 404
    assert Client().get("/meja/denyut/").status_code == 302


def test_steps_and_papers_that_one_may_not_see_change_no_pulse(staff: Staff) -> None:
    before = get_pulse(staff.elsewhere)
    sign_papers(case_at(State.SCHEDULED, staff), staff)
    assert get_pulse(staff.elsewhere) == before


def test_pages_carry_the_pulse_that_they_show(staff: Staff) -> None:
    case, client = case_at(State.REGISTERED, staff), client_of(staff.kadis)
    for page in ("/meja/", "/tanda-tangan/"):
        assert f'data-live="{get_pulse(staff.kadis)}"' in client.get(page).text
    assert f'data-live="{get_pulse(case)}" data-live-ask' in read_all(client, case)


def test_asking_costs_few_queries(staff: Staff, at_most_queries: DjangoAssertNumQueries) -> None:
    client = client_of(staff.kadis)
    for _case in range(3):
        case_at(State.REGISTERED, staff)
    with at_most_queries(5):
        ask(client, since=get_pulse(staff.kadis))


def test_nothing_changes_for_who_may_not_see_what_happened(staff: Staff) -> None:
    """Neither a step and a paper of others, nor a complaint about oneself, nor a call of the front desk."""
    case_at(State.ASSIGNED, staff)
    about = {staff.elsewhere: State.REGISTERED, staff.petugas: State.REGISTERED, staff.kadis: State.SUBMITTED}
    before = {user: get_pulse(user) for user in about}
    other = case_at(State.REGISTERED, staff)
    WAY[State.DISPOSED](other, staff)
    assert get_pulse(staff.elsewhere) == before[staff.elsewhere]
    assert get_pulse(staff.petugas) == before[staff.petugas]
    after = get_pulse(staff.kadis)
    assert after != before[staff.kadis]
    case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    assert get_pulse(staff.kadis) == after, "nobody knows yet whom the complaint is about"
    assert get_pulse(staff.pkd) != get_pulse(staff.kadis)
