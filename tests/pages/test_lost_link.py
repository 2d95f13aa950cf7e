"""Secret links: a lost one is found or replaced; that of a hidden complainant is in no hands of the office.

Each access of the office to a link is logged, and nobody in the office acts as the applicant.
"""

import re
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from consultations.enums import Identity, Kind, State
from consultations.intake import services as intake_services
from consultations.models import Case
from desk.case_parts import PARTS
from documents.files import render_html
from documents.models import Document
from office.models import User
from tests.case_page import read_all
from tests.factories import DETAILS, Staff, case_at, client_of, walk_in_at
from tests.pages.test_access import SECRET, addresses
from tests.shared_data import each
from tests.submitting import assert_says, typed

KEEP = "hanya dapat dibuka lewat tautan itu"


def complaint(staff: Staff, identity: str) -> Case:
    return case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT, identity=identity)


def look_up(code: str, phone: str = "0812-3456-7890", address: str = "192.0.2.1") -> Any:
    return Client().post("/lacak/", {"code": code, "phone": phone}, REMOTE_ADDR=address)


def test_code_and_number_lead_to_a_key_of_some_hours(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    bare, spaced = case.code.replace("-", ""), f"  {case.code.replace('-', ' ')} "
    phones = ("081234567890", "+62 812-3456-7890")
    for code, phone in product((case.code, case.code.lower(), bare, spaced), phones):
        answer = look_up(code, phone)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/p/~")
        assert case.secret not in answer["Location"]
    for code in ("", "\0", "x" * 500, "<script>", "7K3M\u20119Q2X"):
        assert look_up(code, address="203.0.113.7").status_code == 422


@each("identity", [Identity.CONFIDENTIAL, Identity.ANONYMOUS])
def test_a_hidden_complaint_opens_by_its_link_only(staff: Staff, identity: str) -> None:
    case = complaint(staff, identity)
    right, wrong = look_up(case.code), look_up(case.code, "081234567891")
    assert right.status_code == wrong.status_code == 422
    assert "tidak cocok" in right.text
    assert case.secret not in right.text
    receipt = Client().get(f"/p/{case.secret}/tanda-terima/").text
    assert KEEP in receipt
    renewed = client_of(staff.sekretariat).get(f"/permohonan/{case.code}/renew_link/")
    assert_says(renewed, 409, "Identitas pelapor tidak terbuka")
    for chosen in (identity, Identity.OPEN):
        check = Client().post("/pengaduan/", typed(identity=chosen), follow=True).text
        assert (KEEP in check) is (chosen == identity)


@pytest.mark.differs_by_database
def test_every_mismatch_has_the_same_response_and_cost(staff: Staff) -> None:
    ordinary, confidential, anonymous = (complaint(staff, identity) for identity in Identity)
    answers = set()
    for code, phone in (
        (ordinary.code, "081234567891"),
        (confidential.code, "081234567891"),
        (confidential.code, "0812-3456-7890"),
        (anonymous.code, "081234567891"),
        ("2222-2222", "081234567891"),
    ):
        look_up("3333-3333", phone)  # creates the row of the rate limit
        with CaptureQueriesContext(connection) as asked:
            answer = look_up(code, phone)
        assert answer.status_code == 422
        assert sum("consultations_case" in query["sql"] for query in asked) == 1
        answers.add(answer.text.replace(code, "").split("<main")[1].split("csrfmiddlewaretoken")[0])
        assert "tidak cocok" in answer.text
    assert len(answers) == 1


def test_tries_are_limited_and_a_stranger_does_not_shut_the_applicant_out(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    tries = [look_up(case.code, f"0812345678{n:02}", "203.0.113.7").status_code for n in range(11)]
    assert tries == [422] * 10 + [429]
    refused = look_up(case.code, address="203.0.113.7")
    assert_says(refused, 429, "Tunggu 15 menit, lalu coba lagi, atau hubungi Sekretariat.")
    assert look_up(case.code).status_code == 302


def test_the_counter_and_tim_pkd_find_a_case_and_print_its_slip(staff: Staff) -> None:
    case, walk_in = case_at(State.ASSIGNED, staff), walk_in_at(State.ASSIGNED, staff)
    counter, slip = client_of(staff.sekretariat), f"/permohonan/{case.code}/tanda-terima.pdf"
    for asked in ("Siti Contoh", "siti", "081234567890", case.code, case.code.replace("-", "")):
        found = counter.get("/permohonan/", {"q": asked}, follow=True).text
        assert f'data-case="{case.code}"' in found, asked

    def page(person: User, case: Case) -> str:
        return read_all(client_of(person), case)

    assert f'href="{slip}"' in page(staff.sekretariat, case)
    assert counter.get(slip).status_code == 200
    for person, slip_of in ((staff.sekretariat, case), (staff.pkd, case), (staff.pkd, walk_in)):
        assert "Cetak tanda terima" in page(person, slip_of)
    for person in (staff.petugas, staff.kabid, staff.kadis):
        assert "Cetak tanda terima" not in page(person, case)
    assert DETAILS["phone"] not in page(staff.companion, case)


@each("state", [State.SUBMITTED, State.CLOSED, State.DECLINED])
def test_a_lost_link_is_replaced_by_a_new_one(state: State, staff: Staff) -> None:
    case, client = case_at(state, staff), client_of(staff.sekretariat)
    old, address = case.secret, f"/permohonan/{case.code}/renew_link/"
    assert_says(client.post(address, {"checked_with": "CALL"}), 422, "Centang sesudah identitasnya cocok")
    assert client.post(address, {"checked_with": "CALL", "is_entitled": "on"}).status_code == 302
    case.refresh_from_db()
    assert Client().get(f"/p/{old}/").status_code == 404
    assert Client().get(f"/p/{case.secret}/").status_code == 200
    event = case.history.latest("pk")
    assert (event.by, event.note) == (staff.sekretariat, "Identitas diperiksa: Menelepon nomor yang tercatat")
    receipt = Document.objects.in_force().get(case=case, kind=Document.Kind.RECEIPT)
    printed = render_html(receipt)
    assert (receipt.version, receipt.issued_by) == (2, staff.sekretariat)
    assert case.secret in printed
    assert old not in printed
    assert "Tautan sebelumnya tidak berlaku lagi" in printed
    assert client_of(staff.kadis).get(f"/permohonan/{case.code}/").status_code == 200


COMPLAINT: dict[str, Any] = {"kind": Kind.COMPLAINT, "complained_party": "Petugas loket"}
HIDDEN = [Identity.CONFIDENTIAL, Identity.ANONYMOUS]


def receipt(case: Case) -> str:
    return f"/permohonan/{case.code}/tanda-terima.pdf"


@each("identity", HIDDEN)
def test_nobody_gets_the_link_of_a_complainant(identity: str, staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff, **COMPLAINT, identity=identity)
    for user in (staff.sekretariat, staff.pkd):
        client = client_of(user)
        assert client.get(receipt(case)).status_code == 404
        page = client.get(f"/permohonan/{case.code}/", {"buka": [*PARTS]}).text
        assert "tanda-terima.pdf" not in page
        assert case.secret not in page
    assert Client().get(f"/p/{case.secret}/tanda-terima.pdf").status_code == 200, "the complainant"
    page = client_of(staff.petugas).get(f"/p/{case.secret}/").text
    assert "dicatat" not in page.split("</h1>")[0], "may be an employee, of whom colleagues are told nothing"
    assert not case.link_accesses.exists()
    own = intake_services.receive(by=staff.sekretariat, **COMPLAINT, **DETAILS, identity=identity)
    assert client_of(staff.sekretariat).get(receipt(own)).status_code == 200, "of a complaint it took in"


def test_the_case_shows_which_users_got_hold_of_the_link(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    client, colleague = client_of(staff.sekretariat), client_of(staff.kabid)
    assert 'data-record="link-readers"' not in read_all(client, case)
    for _again in range(2):
        assert client.get(receipt(case)).status_code == 200
    assert colleague.get(receipt(case)).status_code == 404
    page = colleague.get(f"/p/{case.secret}/").text
    assert "Pembukaan halaman ini dicatat." in page
    assert "data-verb" not in page
    Client().get(f"/p/{case.secret}/")
    page = read_all(client, case)
    shown = " ".join(page.split('data-record="link-readers"')[1].split("</ul>")[0].split())
    assert shown.count("<li>") == 2
    assert re.search(rf"{staff.kabid}</span>.* Kepala Bidang.* Halaman pemohon, ", shown)
    assert re.search(rf"{staff.sekretariat}</span>.* Sekretariat<br> Tanda Terima, [^<]* · 2 kali", shown)


def test_no_page_behind_the_link_lets_a_user_of_the_office_act(staff: Staff) -> None:
    case, client = case_at(State.CLOSED, staff), client_of(staff.pkd)
    found = addresses(get_resolver().url_patterns)
    behind = [address for address in found if SECRET in address and not address.endswith(".ics")]
    answers = {address: client.post(address.replace(SECRET, case.secret)).status_code for address in behind}
    assert set(answers.values()) == {403, 405}, answers
    assert case.link_accesses.count() == len(behind)
    scheduled = case_at(State.SCHEDULED, staff)
    for verb in ("withdraw", "ask_time"):
        for send in (client.get, client.post):
            answer = send(f"/p/{scheduled.secret}/{verb}/", {"reason": "Sudah selesai."})
            assert_says(answer, 403, f"akun kantor ({staff.pkd})")
    assert Case.objects.get(pk=scheduled.pk).version == scheduled.version
