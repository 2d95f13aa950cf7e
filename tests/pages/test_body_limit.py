"""A body that is too long for its page is refused before anything of it is parsed or stored."""

import pytest

from consultations.enums import State
from tests.factories import ClientOf, Staff, case_at
from tests.shared_data import each

pytestmark = pytest.mark.same_on_every_database

KIB, MIB = 1024, 1024 * 1024
DOCUMENT = "00000000-0000-4000-8000-000000000000"
LIMITS = {
    "/lacak/": 256 * KIB,
    "/masuk/": 256 * KIB,
    "/akun/password/reset/": 256 * KIB,
    f"/ajukan/{DOCUMENT}/periksa/": 256 * KIB,
    "/ajukan/": 32 * MIB,
    "/pengaduan/": 32 * MIB,
    "/verifikasi/": 27 * MIB,
    f"/verifikasi/{DOCUMENT}/": 27 * MIB,
    "/pesan/whatsapp/": 2 * MIB,
    "/p/{secret}/complete/": 27 * MIB,
    "/permohonan/{code}/register/": 27 * MIB,
    "/permohonan/{code}/report/draf/": 7 * MIB,
    "/permohonan/{code}/report/pratinjau/": 2 * MIB,
    "/surat-masuk/": 27 * MIB,
    "/datang-langsung/": 27 * MIB,
    "/pengaturan/office/office/1/change/": 12 * MIB,
    "/pengaturan/office/office/add/": 12 * MIB,
    "/pengaturan/office/season/add/": 256 * KIB,
}


@each(("address", "limit"), LIMITS.items())
def test_a_body_above_the_limit_gets_a_sentence(
    address: str, limit: int, staff: Staff, client_of: ClientOf
) -> None:
    case, client = case_at(State.SUBMITTED, staff), client_of(staff.admin)
    client.handler.enforce_csrf_checks = True  # with the cookie, the check parses the body
    client.cookies["csrftoken"] = "a" * 32
    address = address.format(code=case.code, secret=case.secret)
    for length in (str(limit + 1), "9" * 5000, "-1", "1e9"):
        answer = client.post(address, {"x": "y"}, headers={"content-length": length})
        assert answer.status_code == 413
        assert "Kiriman Anda terlalu besar" in answer.text
    answer = client.generic(
        "POST", address, content_type="text/plain", headers={"content-length": str(limit)}
    )
    assert answer.status_code != 413
