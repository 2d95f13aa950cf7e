"""Addresses and answers that nobody makes by clicking: they get a 404 or a sentence, and change nothing."""

import pytest
from django.test import Client

from consultations.enums import State
from consultations.models import Case
from tests.factories import Staff, case_at


@pytest.mark.parametrize("name", ["%00", "a%00b", "x" * 500, "..%2F..%2Fetc", "7k3m-9q2x", "%E2%80%AE"])
@pytest.mark.parametrize("before", ["/p/{}", "/permohonan/{}"])
@pytest.mark.parametrize("after", ["/", "/tanda-terima/", "/withdraw/", "/laporan.pdf", "/berkas/1/"])
def test_what_has_not_the_form_of_a_name_is_not_found(
    before: str, after: str, name: str, staff: Staff, client: Client
) -> None:
    client.force_login(staff.kadis, backend="office.access.accounts.StaffBackend")
    assert client.get(before.format(name) + after).status_code == 404


def test_a_form_in_an_unreadable_encoding_is_answered_with_a_sentence(office: object) -> None:
    answer = Client(enforce_csrf_checks=True).post(
        "/ajukan/",
        b"applicant_name=x",
        content_type="application/x-www-form-urlencoded; charset=utf-16",
        headers={"cookie": "csrftoken=" + "a" * 32},
    )
    assert answer.status_code == 400
    assert "tidak ada yang disimpan" in answer.content.decode()


@pytest.mark.parametrize("path", ["", "tanda-terima/", "tanda-terima.pdf", "withdraw/"])
def test_what_lies_behind_the_secret_link_is_neither_stored_nor_found(
    path: str, staff: Staff, client: Client
) -> None:
    case: Case = case_at(State.SUBMITTED, staff)
    answer = client.get(f"/p/{case.secret}/{path}")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == ("same-origin" if path == "withdraw/" else "no-referrer")
