"""What opens access or leaves the house asks for the password again, and then goes on."""

import re

import pytest
from django.test import Client

from office.models import AccessChange, Appointment, Office, User
from tests.factories import PASSWORD, ClientOf
from tests.setup.conftest import PEOPLE, upload, workbook
from tests.setup.test_wizard import post, set_up


@pytest.fixture
def stale(admin: User, client_of: ClientOf) -> Client:
    """The administrator's client a while after the login."""
    return client_of(admin)


def enter_password(client: Client, answer: object) -> None:
    address = answer["Location"]  # type: ignore[index]
    assert address.startswith("/akun/reauthenticate/")
    client.post(address, {"password": PASSWORD})


def test_an_import_goes_on_after_the_password(stale: Client) -> None:
    post(stale, "bidang", divisions="Sosial")
    post(stale, "pegawai", upload="1", file=upload(workbook(*PEOPLE)))
    asked = post(stale, "pegawai", **{"import": "1"})
    assert not Appointment.objects.exists()
    enter_password(stale, asked)
    assert Appointment.objects.count() == 5


def get_action(page: str, form: str) -> str:
    """Return the address that a form is sent to. Allauth sends it on only if it has no query string."""
    found = re.search(rf'<form[^>]* action="([^"]*)"[^>]* data-form="{form}"', page)
    return found[1] if found else ""


def test_an_import_of_chosen_rows_goes_on_after_the_password(stale: Client) -> None:
    post(stale, "bidang", divisions="Sosial")
    post(stale, "pegawai", upload="1", file=upload(workbook(*PEOPLE)))
    page = stale.get("/pengaturan/mulai/pegawai/?baris=good").text
    enter_password(stale, stale.post(get_action(page, "sheet"), {"import": "1"}))
    assert Appointment.objects.count() == 5


def test_a_change_proposed_for_a_chosen_person_goes_on_after_the_password(
    client: Client, stale: Client
) -> None:
    set_up(client)
    held = Appointment.objects.get(user__name="Eka Petugas")
    page = client.get(f"/perubahan-akses/usul/hari-terakhir/?appointment={held.pk}").text
    entered = {"appointment": held.pk, "ends": held.starts}
    enter_password(stale, stale.post(get_action(page, "propose_access"), entered))
    assert AccessChange.objects.filter(kind="LAST_DAY", appointment=held).exists()


def test_the_opening_goes_on_after_the_password(client: Client, stale: Client) -> None:
    set_up(client)
    asked = stale.post("/pengaturan/mulai/periksa/")
    assert not Office.load().is_open
    enter_password(stale, asked)
    assert Office.load().is_open


def test_the_office_file_is_served_after_the_password(client: Client, stale: Client) -> None:
    set_up(client)
    page = "/pengaturan/mulai/berkas-kantor.json"
    enter_password(stale, stale.get(page))
    assert stale.get(page).status_code == 200
