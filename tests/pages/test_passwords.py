"""Each page that takes a password limits wrong ones. The administration has none of its own."""

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.factories import ClientOf, Staff
from tests.pages.test_access import addresses

TAKE_PASSWORDS = {
    "/masuk/": {"login": "admin", "password": "salah"},
    "/akun/reauthenticate/": {"password": "salah"},
    "/akun/password/change/": {"oldpassword": "salah", "password1": "x", "password2": "x"},
}
"""Pages with a field for a password, and a wrong try. The links of a mail lead to two more, for new ones."""

TRIES = 60


def test_the_pages_that_take_a_password(staff: Staff, client_of: ClientOf) -> None:
    admin, found = client_of(staff.admin), set[str]()
    ends_the_session = {"/keluar/", "/akun/logout/"}
    for address in sorted({*addresses(get_resolver().url_patterns)} - ends_the_session):
        answer = admin.get(address)
        if answer.status_code == 200 and b'type="password"' in answer.getvalue():
            found.add(address)
    assert found | {"/masuk/"} == TAKE_PASSWORDS.keys()
    assert admin.get("/pengaturan/password_change/")["Location"] == "/akun/password/change/"
    assert admin.post("/pengaturan/password_change/")["Location"] == "/akun/password/change/"


@pytest.mark.parametrize("address", TAKE_PASSWORDS)
def test_wrong_passwords_are_limited(address: str, staff: Staff, client_of: ClientOf) -> None:
    client = Client() if address == "/masuk/" else client_of(staff.admin)
    answers = [client.post(address, TAKE_PASSWORDS[address]) for _try in range(TRIES)]
    assert {answer.status_code for answer in answers} <= {200, 429}
    refused = [answer for answer in answers if answer.status_code == 429 or "Terlalu banyak" in answer.text]
    assert len(refused) >= TRIES / 2
