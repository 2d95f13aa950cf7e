"""The secret link of a hidden complainant is in no hands of the office; the counter gives out its own.

Each access of the office to a link is logged, and nobody in the office acts as the applicant.
"""

import re
from typing import Any

from django.test import Client
from django.urls import get_resolver

from consultations.enums import Identity, Kind, State
from consultations.intake import services as intake_services
from consultations.models import Case
from tests.factories import DETAILS, ClientOf, Staff, case_at
from tests.pages.test_access import SECRET, addresses
from tests.shared_data import each

COMPLAINT: dict[str, Any] = {"kind": Kind.COMPLAINT, "complained_party": "Petugas loket"}
HIDDEN = [Identity.CONFIDENTIAL, Identity.ANONYMOUS]


def receipt(case: Case) -> str:
    return f"/permohonan/{case.code}/tanda-terima.pdf"


@each("identity", HIDDEN)
@each("name", ["sekretariat", "pkd"])
def test_nobody_in_the_office_opens_the_receipt_of_a_hidden_complainant(
    identity: str, name: str, staff: Staff, client_of: ClientOf
) -> None:
    case, client = (
        case_at(State.SUBMITTED, staff, **COMPLAINT, identity=identity),
        client_of(getattr(staff, name)),
    )
    assert client.get(receipt(case)).status_code == 404
    page = client.get(f"/permohonan/{case.code}/").content.decode()
    assert "tanda-terima.pdf" not in page
    assert case.secret not in page
    assert Client().get(f"/p/{case.secret}/tanda-terima.pdf").status_code == 200, "the complainant"


def test_the_counter_prints_the_receipt_of_a_complaint_that_it_took_in(
    staff: Staff, client_of: ClientOf
) -> None:
    case = intake_services.receive(
        by=staff.sekretariat, **COMPLAINT, **DETAILS, identity=Identity.CONFIDENTIAL
    )
    assert client_of(staff.sekretariat).get(receipt(case)).status_code == 200


def test_the_case_shows_which_users_got_hold_of_the_link(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.SUBMITTED, staff)
    client, colleague = client_of(staff.sekretariat), client_of(staff.kabid)
    assert 'data-record="link-readers"' not in client.get(f"/permohonan/{case.code}/").content.decode()
    for _again in range(2):
        assert client.get(receipt(case)).status_code == 200
    assert colleague.get(receipt(case)).status_code == 404
    page = colleague.get(f"/p/{case.secret}/").content.decode()
    assert "Pembukaan halaman ini dicatat." in page
    assert "data-verb" not in page
    Client().get(f"/p/{case.secret}/")
    page = client.get(f"/permohonan/{case.code}/").content.decode()
    shown = " ".join(page.split('data-record="link-readers"')[1].split("</ul>")[0].split())
    assert shown.count("<li>") == 2
    assert re.search(rf"{staff.kabid}</span>.* Kepala Bidang.* Halaman pemohon, ", shown)
    assert re.search(rf"{staff.sekretariat}</span>.* Sekretariat<br> Tanda Terima, [^<]* · 2 kali", shown)


@each("identity", HIDDEN)
def test_a_complainant_of_the_office_itself_is_not_told_to_colleagues(
    identity: str, staff: Staff, client_of: ClientOf
) -> None:
    case = case_at(State.SUBMITTED, staff, **COMPLAINT, identity=identity)
    page = client_of(staff.petugas).get(f"/p/{case.secret}/").content.decode()
    assert "dicatat" not in page.split("</h1>")[0]
    assert not case.link_accesses.exists()


def test_no_page_behind_the_link_lets_a_user_of_the_office_act(staff: Staff, client_of: ClientOf) -> None:
    case, client = case_at(State.CLOSED, staff), client_of(staff.pkd)
    behind = [
        address
        for address in addresses(get_resolver().url_patterns)
        if SECRET in address and not address.endswith(".ics")
    ]
    answers = {address: client.post(address.replace(SECRET, case.secret)).status_code for address in behind}
    assert set(answers.values()) == {403, 405}, answers
    assert case.link_accesses.count() == len(behind)


@each("verb", ["withdraw", "ask_time"])
def test_a_step_of_the_applicant_is_refused_to_a_user_of_the_office(
    verb: str, staff: Staff, client_of: ClientOf
) -> None:
    case, client = case_at(State.SCHEDULED, staff), client_of(staff.pkd)
    for send in (client.get, client.post):
        answer = send(f"/p/{case.secret}/{verb}/", {"reason": "Sudah selesai."})
        assert answer.status_code == 403
        assert f"akun kantor ({staff.pkd})" in answer.content.decode()
    assert Case.objects.get(pk=case.pk).version == case.version
