"""Each page that takes a password limits wrong ones. The administration has none of its own."""

import re

import pytest
from django.test import Client

from tests.factories import PASSWORD, Staff, client_of
from tests.pages.test_access import TAKE_PASSWORDS

TRIES = 60
LONG = "Ωж漢字 \U0001f511 " + " ".join(f"kata{number}" for number in range(15))


def test_the_administration_has_no_page_for_passwords_of_its_own(staff: Staff) -> None:
    admin = client_of(staff.admin)
    for call in (admin.get, admin.post):
        assert call("/pengaturan/password_change/")["Location"] == "/akun/password/change/"


@pytest.mark.parametrize("address", TAKE_PASSWORDS)
def test_wrong_passwords_are_limited(address: str, staff: Staff) -> None:
    client = Client() if address == "/masuk/" else client_of(staff.admin)
    answers = [client.post(address, TAKE_PASSWORDS[address]) for _try in range(TRIES)]
    assert {answer.status_code for answer in answers} <= {200, 429}
    refused = [answer for answer in answers if answer.status_code == 429 or "Terlalu banyak" in answer.text]
    assert len(refused) >= TRIES / 2


def test_a_new_password_needs_the_old_one(staff: Staff) -> None:
    new = {"password1": "empat-kata-yang-baru", "password2": "empat-kata-yang-baru"}
    client, address, elsewhere = client_of(staff.petugas), "/akun/password/change/", client_of(staff.petugas)
    for wrong in ({}, {"oldpassword": ""}, {"oldpassword": "salah"}):
        assert client.post(address, {**new, **wrong}).status_code == 200
        staff.petugas.refresh_from_db()
        assert staff.petugas.check_password(PASSWORD)
    assert elsewhere.get("/meja/").status_code == 200
    assert client.post(address, {**new, "oldpassword": PASSWORD}).status_code == 302
    assert (client.get("/meja/").status_code, elsewhere.get("/meja/").status_code) == (200, 302)
    staff.petugas.refresh_from_db()
    assert staff.petugas.check_password(new["password1"])


@pytest.mark.parametrize("password", [LONG, "   empat kata  yang panjang   "])
def test_a_password_is_stored_as_it_was_typed(password: str, staff: Staff) -> None:
    """64 characters and more, of any script, with spaces at the ends."""
    typed = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert client_of(staff.petugas).post("/akun/password/change/", typed).status_code == 302
    for tried, works in (
        (password, True),
        (password.strip()[:64], False),
        (password.casefold() + " ", False),
    ):
        answer = Client().post("/masuk/", {"login": "petugas", "password": tried})
        assert (answer.status_code == 302) is works, tried


@pytest.mark.parametrize("address", TAKE_PASSWORDS)
def test_password_managers_know_the_fields(address: str, staff: Staff) -> None:
    client = Client() if address == "/masuk/" else client_of(staff.petugas)
    fields = re.findall(r'<input[^>]*type="password"[^>]*>', client.get(address).text)
    names = {"current-password", *(["new-password"] if "change" in address else [])}
    assert {name for field in fields for name in re.findall(r'autocomplete="([^"]+)"', field)} == names
    assert not [field for field in fields if re.search("onpaste|maxlength|readonly", field)]
