"""The introduction on the desk: once for each user, by role, and again from the user's menu."""

import pytest
from pytest_django import DjangoAssertNumQueries

from desk.views.desk import FIND, FIND_COMPLAINT, HELP, WORK_OF
from kit import clock
from office.models import Role, User
from tests.factories import ClientOf, Staff, appoint, make_user
from tests.shared_data import each

CARD = 'data-card="{}"'


@pytest.fixture
def newcomer(staff: Staff) -> User:
    """An officer who logs in for the first time."""
    User.objects.filter(pk=staff.petugas.pk).update(introduced_at=None)
    return User.objects.get(pk=staff.petugas.pk)


def test_it_is_shown_until_one_press_closes_it(newcomer: User, client_of: ClientOf) -> None:
    client = client_of(newcomer)
    for _visit in range(2):
        assert CARD.format(1) in client.get("/meja/").text
    closed_at = clock.now()
    with clock.set_to(closed_at):
        page = client.post("/meja/perkenalan/selesai/", follow=True)
    assert page.redirect_chain == [("/meja/", 302)]
    assert "data-card" not in page.text
    assert User.objects.get(pk=newcomer.pk).introduced_at == closed_at


def test_it_is_read_card_by_card_without_a_script(newcomer: User, client_of: ClientOf) -> None:
    client, address, read = client_of(newcomer), "/meja/", []
    for number in range(1, 5):
        page = client.get(address).text
        assert CARD.format(number) in page
        assert page.index("<h1>") < page.index('id="perkenalan-judul"') < page.index('class="tally"')
        read.append(page)
        address = f"/meja/?perkenalan={number + 1}"
        assert (f'href="{address}#perkenalan"' in page) == (number < 4)
    assert str(WORK_OF[Role.OFFICER]) in read[1]
    assert "Selesai</button>" in read[3]


def test_it_can_be_read_again_from_the_menu(staff: Staff, client_of: ClientOf) -> None:
    client = client_of(staff.petugas)
    page = client.get("/meja/").text
    assert "data-card" not in page
    assert page.count('href="/meja/?perkenalan=1#perkenalan"') == 2  # in the menus of wide and narrow screens
    first = User.objects.get(pk=staff.petugas.pk).introduced_at
    assert CARD.format(1) in client.get("/meja/?perkenalan=1").text
    client.post("/meja/perkenalan/selesai/")
    assert User.objects.get(pk=staff.petugas.pk).introduced_at == first


@each("number", ["0", "5", "9" * 5000, "x", "-1", "²", ""])
def test_there_is_no_other_card(number: str, staff: Staff, client_of: ClientOf) -> None:
    assert "data-card" not in client_of(staff.petugas).get("/meja/", {"perkenalan": number}).text


@each("role", Role)
def test_each_role_has_its_own(role: Role, staff: Staff, client_of: ClientOf) -> None:
    user = make_user("baru")
    division = staff.kabid.headed_divisions[0] if role in (Role.DIVISION_HEAD, Role.OFFICER) else None
    appoint(user, role, division)
    client = client_of(user)
    second, third, last = (client.get(f"/meja/?perkenalan={number}").text for number in (2, 3, 4))
    assert str(WORK_OF[role]) in second
    assert str((FIND_COMPLAINT if role == Role.SUPERVISOR else FIND).text) in third
    assert str(HELP.text) in last


def test_an_administrator_reads_of_settings_and_others_without_a_position_read_nothing(
    staff: Staff, client_of: ClientOf
) -> None:
    User.objects.update(introduced_at=None)
    assert "Permohonan tidak tampil bagi administrator" in client_of(staff.admin).get("/meja/").text
    assert "data-card" not in client_of(staff.expired).get("/meja/").text


def test_it_costs_no_query(
    newcomer: User, staff: Staff, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for user in (newcomer, staff.other_petugas):
        client = client_of(user)
        with django_assert_num_queries(7):
            client.get("/meja/")


def test_it_is_closed_by_post_only(staff: Staff, client_of: ClientOf) -> None:
    assert client_of(staff.petugas).get("/meja/perkenalan/selesai/").status_code == 405
