"""Addresses, forms and bodies that nobody makes by clicking: a 404 or a sentence, and nothing changes."""

from itertools import product

from django.test import Client
from pytest_django.asserts import assertContains

from consultations.enums import State
from consultations.models import Case
from tests.factories import Staff, case_at, client_of
from tests.shared_data import each

NAMES = ["%00", "a%00b", "x" * 500, "..", "..%2F..%2Fetc", "7k3m-9q2x", "%E2%80%AE", "'--", "0", "x"]
KIB, MIB = 1024, 1024 * 1024
DOCUMENT = "00000000-0000-4000-8000-000000000000"
LIMITS = {
    256 * KIB: (
        *("/lacak/", "/masuk/", "/akun/password/reset/", f"/ajukan/{DOCUMENT}/periksa/"),
        "/pengaturan/office/season/add/",
    ),
    32 * MIB: ("/ajukan/", "/pengaduan/"),
    27 * MIB: (
        *("/verifikasi/", f"/verifikasi/{DOCUMENT}/", "/p/{secret}/complete/", "/surat-masuk/"),
        *("/permohonan/{code}/register/", "/datang-langsung/"),
    ),
    7 * MIB: ("/permohonan/{code}/report/draf/",),
    2 * MIB: ("/pesan/whatsapp/", "/permohonan/{code}/report/pratinjau/"),
    12 * MIB: ("/pengaturan/office/standardpublication/add/",),
}
"""The longest body of each page."""


def test_a_name_that_is_malformed_or_unknown_is_not_found(staff: Staff) -> None:
    case_at(State.SUBMITTED, staff)
    after = {"/permohonan/": ("/", "/register/", "/laporan.pdf"), "/p/": ("/", "/withdraw/", "/berkas/1/")}
    clients = {"/permohonan/": client_of(staff.kadis), "/p/": Client()}
    for (before, client), name in product(clients.items(), (*NAMES, "XXXX-XXXX", "0" * 32)):
        for address in (f"{before}{name}{page}" for page in after[before]):
            assert client.get(address).status_code == 404, address


def test_a_form_in_an_unreadable_encoding_is_answered_with_a_sentence(office: object) -> None:
    answer = Client(enforce_csrf_checks=True).post(
        "/ajukan/",
        b"applicant_name=x",
        content_type="application/x-www-form-urlencoded; charset=utf-16",
        headers={"cookie": "csrftoken=" + "a" * 32},
    )
    assertContains(answer, "tidak ada yang disimpan", status_code=400)


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


@each(("address", "limit"), [(address, limit) for limit, pages in LIMITS.items() for address in pages])
def test_a_body_above_the_limit_gets_a_sentence(address: str, limit: int, staff: Staff) -> None:
    case, client = case_at(State.SUBMITTED, staff), client_of(staff.admin)
    client.handler.enforce_csrf_checks = True  # with the cookie, the check parses the body
    client.cookies["csrftoken"] = "a" * 32
    address = address.format(code=case.code, secret=case.secret)
    odd = ("9" * 5000, "-1", "1e9") if address == "/lacak/" else ()
    for length in (str(limit + 1), *odd):
        answer = client.post(address, {"x": "y"}, headers={"content-length": length})
        assertContains(answer, "Kiriman Anda terlalu besar", status_code=413)
    headers = {"content-length": str(limit)}
    assert client.generic("POST", address, content_type="text/plain", headers=headers).status_code != 413


def test_the_address_of_a_form_says_why_it_cannot_be_opened(staff: Staff) -> None:
    """It stays in the browser's address bar after a form was refused."""
    client = client_of(staff.kadis)
    answer = client.get("/meja/perkenalan/selesai/")
    assert answer.headers["Allow"] == "POST"
    assertContains(answer, "hanya menerima isian formulir", status_code=405)
    assert client.get("/api/v1/cases").headers["Content-Type"] == "application/problem+json"


def test_trace_is_refused_and_echoes_nothing(staff: Staff) -> None:
    for address in ("/", "/healthz", "/meja/", "/api/v1/me", "/static/js/shell.js"):
        for client in (Client(), client_of(staff.kadis)):
            answer = client.generic("TRACE", address, "isi", headers={"X-Test": "rahasia"})
            assert (answer.status_code, answer.content) == (405, b""), address
