"""The menu by the office's level, and the page with all pages: nothing is out of reach."""

import pytest
from django.test import Client

from desk.navigation import ENTRIES, list_all_pages
from office.models import MenuLevel, Office, User
from tests.factories import Staff
from tests.sessions import log_in

AT_MOST = 12
"""Entries of a menu, unless the office chooses all of them."""


def get_menu(client: Client, level: MenuLevel) -> list[str]:
    Office.objects.update(menu_level=level)
    groups = client.get("/meja/").context["navigation"]().groups
    return [link.url for group in groups for link in group.links]


@pytest.fixture
def people(staff: Staff) -> list[User]:
    return [staff.sekretariat, staff.pkd, staff.kadis, staff.kabid, staff.petugas]


@pytest.mark.parametrize("level", MenuLevel)
def test_a_menu_has_no_page_twice_and_few_by_default(
    client: Client, people: list[User], level: MenuLevel
) -> None:
    for person in people:
        log_in(client, person)
        menu = get_menu(client, level)
        assert len(menu) == len({*menu})
        if level < MenuLevel.ALL:
            assert len(menu) <= AT_MOST, person


def test_a_lower_level_only_takes_away(client: Client, people: list[User]) -> None:
    for person in people:
        log_in(client, person)
        menus = [{*get_menu(client, level)} for level in MenuLevel]
        assert menus[0] <= menus[1] <= menus[2]
    log_in(client, people[2])
    assert "/dasbor/" not in get_menu(client, MenuLevel.SMALL)
    assert "/dasbor/" in get_menu(client, MenuLevel.USUAL)
    assert "/map-bukti/" not in get_menu(client, MenuLevel.USUAL)
    assert "/map-bukti/" in get_menu(client, MenuLevel.ALL)


def test_all_pages_list_what_the_menu_leaves_out(client: Client, people: list[User]) -> None:
    for person in people[1::2]:
        log_in(client, person)
        listed = {link.url for group in list_all_pages(person) for link in group.links}
        page = client.get("/meja/semua-halaman/").text
        assert listed >= {*get_menu(client, MenuLevel.ALL)} - {"/meja/semua-halaman/"}
        assert [url for url in listed if f'href="{url}"' not in page] == []
        assert [url for url in listed if client.get(url).status_code != 200] == []


def test_every_entry_is_somebodys(staff: Staff, people: list[User]) -> None:
    seen = {
        link.label
        for person in [*people, staff.admin]
        for group in list_all_pages(person)
        for link in group.links
    }
    assert {entry.label for entry in ENTRIES[:-1]} == seen
