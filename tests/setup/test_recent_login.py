"""What opens access or leaves the house asks for the password again, and then goes on."""

import re

import pytest
from django.test import Client

from office.models import AccessChange, Appointment, Office, User
from tests.factories import PASSWORD, ClientOf
from tests.setup.conftest import PEOPLE, send_sheet
from tests.setup.test_wizard import post, set_up


@pytest.fixture
def stale(admin: User, client_of: ClientOf) -> Client:
    """The administrator's client a while after the login."""
    return client_of(admin)


def enter_password(client: Client, answer: object) -> None:
    address = answer["Location"]  # type: ignore[index]
    assert address.startswith("/akun/reauthenticate/")
    client.post(address, {"password": PASSWORD})


@pytest.mark.parametrize("query", ["", "?baris=good"])
def test_an_import_goes_on_after_the_password(query: str, stale: Client) -> None:
    """Of all rows, and of chosen ones. Allauth sends a form on only if its address has no query string."""
    post(stale, "bidang", divisions="Sosial")
    send_sheet(stale, *PEOPLE)
    page = stale.get(f"/pengaturan/mulai/pegawai/{query}").text
    asked = stale.post(get_action(page, "sheet"), {"import": "1"})
    assert not Appointment.objects.exists()
    enter_password(stale, asked)
    assert Appointment.objects.count() == 5


def get_action(page: str, form: str) -> str:
    """Return the address that a form is sent to."""
    found = re.search(rf'<form[^>]* action="([^"]*)"[^>]* data-form="{form}"', page)
    return found[1] if found else ""


def test_a_change_proposed_for_a_chosen_person_goes_on_after_it(client: Client, stale: Client) -> None:
    set_up(client)
    held = Appointment.objects.get(user__name="Eka Petugas")
    page = client.get(f"/perubahan-akses/usul/hari-terakhir/?appointment={held.pk}").text
    entered = {"appointment": held.pk, "ends": held.starts}
    enter_password(stale, stale.post(get_action(page, "propose_access"), entered))
    assert AccessChange.objects.filter(kind="LAST_DAY", appointment=held).exists()


def test_the_opening_and_the_office_file_go_on_after_the_password(
    client: Client, stale: Client, admin: User, client_of: ClientOf
) -> None:
    set_up(client)
    page = "/pengaturan/mulai/berkas-kantor.json"
    enter_password(stale, stale.get(page))
    assert stale.get(page).status_code == 200
    later = client_of(admin)
    asked = later.post("/pengaturan/mulai/periksa/")
    assert not Office.load().is_open
    enter_password(later, asked)
    assert Office.load().is_open
