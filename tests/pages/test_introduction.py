"""The introduction on the desk: once for each user, by role, and again from the user's menu."""

from typing import Any

import pytest

from desk.views.desk import FIND, FIND_COMPLAINT, HELP, WORK_OF
from kit import clock
from office.models import Role, User
from tests.factories import Staff, appoint, client_of, make_user
from tests.shared_data import each

CARD = 'data-card="{}"'


@pytest.fixture
def newcomer(staff: Staff) -> User:
    """An officer who logs in for the first time."""
    User.objects.filter(pk=staff.petugas.pk).update(introduced_at=None)
    return User.objects.get(pk=staff.petugas.pk)


def test_it_is_read_card_by_card_until_one_press_closes_it_and_again_from_the_menu(newcomer: User) -> None:
    client, address, read = client_of(newcomer), "/meja/", []
    for number in range(1, 5):
        page = client.get(address).text
        assert CARD.format(number) in page
        assert page.index("<h1>") < page.index('id="perkenalan-judul"') < page.index("data-live-part")
        read.append(page)
        address = f"/meja/?perkenalan={number + 1}"
        assert (f'href="{address}#perkenalan"' in page) == (number < 4)
    assert str(WORK_OF[Role.OFFICER]) in read[1]
    assert "Selesai</button>" in read[3]
    assert CARD.format(1) in client.get("/meja/").text

    closed_at = clock.now()
    with clock.set_to(closed_at):
        closed = client.post("/meja/perkenalan/selesai/", follow=True)
    assert closed.redirect_chain == [("/meja/", 302)]
    assert "data-card" not in closed.text
    assert closed.text.count('href="/meja/?perkenalan=1#perkenalan"') == 2  # menus of wide and narrow screens
    assert CARD.format(1) in client.get("/meja/?perkenalan=1").text
    for other in ("0", "5", "9" * 5000, "x", "-1", "²", ""):
        assert "data-card" not in client.get("/meja/", {"perkenalan": other}).text
    client.post("/meja/perkenalan/selesai/")
    assert User.objects.get(pk=newcomer.pk).introduced_at == closed_at
    assert client.get("/meja/perkenalan/selesai/").status_code == 405


@each("role", Role)
def test_each_role_has_its_own(role: Role, staff: Staff) -> None:
    user = make_user("baru")
    division = staff.kabid.headed_divisions[0] if role in (Role.DIVISION_HEAD, Role.OFFICER) else None
    appoint(user, role, division)
    client = client_of(user)
    second, third, last = (client.get(f"/meja/?perkenalan={number}").text for number in (2, 3, 4))
    assert str(WORK_OF[role]) in second
    assert str((FIND_COMPLAINT if role == Role.SUPERVISOR else FIND).text) in third
    assert str(HELP.text) in last


def test_an_administrator_reads_of_settings_and_others_without_a_position_read_nothing(staff: Staff) -> None:
    User.objects.update(introduced_at=None)
    assert "Permohonan tidak tampil bagi administrator" in client_of(staff.admin).get("/meja/").text
    assert "data-card" not in client_of(staff.expired).get("/meja/").text


def test_it_costs_no_query(newcomer: User, staff: Staff, at_most_queries: Any) -> None:
    for user in (newcomer, staff.other_petugas):
        client = client_of(user)
        with at_most_queries(8):
            client.get("/meja/")
