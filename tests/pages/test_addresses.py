"""Addresses and answers that nobody makes by clicking: they get a 404 or a sentence, and change nothing."""

from django.test import Client

from consultations.enums import State
from consultations.models import Case
from tests.factories import Staff, case_at, client_of
from tests.shared_data import each

NAMES = ["%00", "a%00b", "x" * 500, "..", "..%2F..%2Fetc", "7k3m-9q2x", "%E2%80%AE", "'--", "0", "x"]


def test_a_name_that_is_malformed_or_unknown_is_not_found(staff: Staff) -> None:
    case_at(State.SUBMITTED, staff)
    after = ["/", "/tanda-terima/", "/withdraw/", "/register/", "/laporan.pdf", "/berkas/1/"]
    readers = {"/permohonan/": [client_of(staff.kadis), client_of(staff.pkd)], "/p/": [Client()]}
    readers["/p/"] += readers["/permohonan/"]
    for before, clients in readers.items():
        for name in (*NAMES, "XXXX-XXXX", "0" * 32):
            for address in (f"{before}{name}{page}" for page in after):
                assert {client.get(address).status_code for client in clients} == {404}, address


def test_a_form_in_an_unreadable_encoding_is_answered_with_a_sentence(office: object) -> None:
    answer = Client(enforce_csrf_checks=True).post(
        "/ajukan/",
        b"applicant_name=x",
        content_type="application/x-www-form-urlencoded; charset=utf-16",
        headers={"cookie": "csrftoken=" + "a" * 32},
    )
    assert answer.status_code == 400
    assert "tidak ada yang disimpan" in answer.text


@each("path", ["", "tanda-terima/", "tanda-terima.pdf", "withdraw/"])
def test_what_lies_behind_the_secret_link_is_neither_stored_nor_found(
    path: str, staff: Staff, client: Client
) -> None:
    case: Case = case_at(State.SUBMITTED, staff)
    answer = client.get(f"/p/{case.secret}/{path}")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == ("same-origin" if path == "withdraw/" else "no-referrer")
