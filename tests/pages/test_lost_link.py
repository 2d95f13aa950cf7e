"""Case lookup: a lost link is found by code and number, or printed again at the counter."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consultations.enums import Identity, Kind, State
from consultations.models import Case
from reports.documents.files import render_html
from reports.models import Document
from tests.factories import DETAILS, ClientOf, Staff, case_at, walk_in_at
from tests.shared_data import each
from tests.submitting import typed


def complaint(staff: Staff, identity: str) -> Case:
    return case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT, identity=identity)


def look_up(code: str, phone: str = "0812-3456-7890", address: str = "192.0.2.1") -> Any:
    return Client().post("/lacak/", {"code": code, "phone": phone}, REMOTE_ADDR=address)


@each("identity", [Identity.CONFIDENTIAL, Identity.ANONYMOUS])
def test_a_hidden_complaint_is_opened_by_its_link_only(staff: Staff, identity: str) -> None:
    case = complaint(staff, identity)
    right, wrong = look_up(case.code), look_up(case.code, "081234567891")
    assert right.status_code == wrong.status_code == 422
    assert "tidak cocok" in right.content.decode()
    assert "hanya dapat dibuka lewat tautan rahasianya" in right.content.decode()
    assert case.secret not in right.content.decode()
    receipt = Client().get(f"/p/{case.secret}/tanda-terima/").content.decode()
    assert "hanya dapat dibuka lewat tautan itu" in receipt
    assert "dapat dilacak kapan saja" not in receipt


@each("identity", Identity)
def test_the_check_page_tells_hidden_complainants_to_keep_the_link(staff: Staff, identity: str) -> None:
    check = Client().post("/pengaduan/", typed(identity=identity))["Location"]
    is_told = "hanya dapat dibuka lewat tautan itu" in Client().get(check).content.decode()
    assert is_told is (identity != Identity.OPEN)


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
            page = look_up(code, phone).content.decode()
        cases = [query for query in asked if "consultations_case" in query["sql"]]
        assert len(cases) == 1
        answers.add(page.replace(code, "").split("<main")[1].split("csrfmiddlewaretoken")[0])
        assert "tidak cocok" in page
    assert len(answers) == 1


def test_a_stranger_does_not_shut_the_applicant_out(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    for _number in range(11):
        refused = look_up(case.code, "081234567891", "203.0.113.7")
    assert refused.status_code == 429
    assert look_up(case.code, address="203.0.113.7").status_code == 429
    assert look_up(case.code).status_code == 302


def test_the_secretariat_finds_a_case_and_prints_its_slip(staff: Staff, client_of: ClientOf) -> None:
    case, counter = case_at(State.ASSIGNED, staff), client_of(staff.sekretariat)
    for asked in ("Siti Contoh", "siti", "081234567890", case.code, case.code.replace("-", "")):
        found = counter.get("/permohonan/", {"q": asked}, follow=True).content.decode()
        assert f'data-case="{case.code}"' in found, asked
    page = counter.get(f"/permohonan/{case.code}/").content.decode()
    slip = f"/permohonan/{case.code}/tanda-terima.pdf"
    assert f'href="{slip}"' in page
    assert "Cetak tanda terima" in page
    assert counter.get(slip).status_code == 200


def test_only_the_counter_and_tim_pkd_print_the_slip(staff: Staff, client_of: ClientOf) -> None:
    case, walk_in = case_at(State.ASSIGNED, staff), walk_in_at(State.ASSIGNED, staff)
    for person in (staff.petugas, staff.kabid, staff.kadis):
        page = client_of(person).get(f"/permohonan/{case.code}/").content.decode()
        assert "Cetak tanda terima" not in page
    for slip_of in (case, walk_in):
        page = client_of(staff.pkd).get(f"/permohonan/{slip_of.code}/").content.decode()
        assert "Cetak tanda terima" in page
    assert (
        DETAILS["phone"] not in client_of(staff.companion).get(f"/permohonan/{case.code}/").content.decode()
    )


@each("state", [State.SUBMITTED, State.CLOSED, State.DECLINED])
def test_a_lost_link_is_replaced_by_a_new_one(state: State, staff: Staff, client_of: ClientOf) -> None:
    case, client = case_at(state, staff), client_of(staff.sekretariat)
    old, address = case.secret, f"/permohonan/{case.code}/renew_link/"
    refused = client.post(address, {"checked_with": "CALL"})
    assert refused.status_code == 422
    assert "Centang sesudah identitasnya cocok" in refused.content.decode()
    assert client.post(address, {"checked_with": "CALL", "matches": "on"}).status_code == 302
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


@each("identity", [Identity.CONFIDENTIAL, Identity.ANONYMOUS])
def test_the_link_of_a_hidden_complainant_is_not_replaced(
    identity: str, staff: Staff, client_of: ClientOf
) -> None:
    case = complaint(staff, identity)
    answer = client_of(staff.sekretariat).get(f"/permohonan/{case.code}/renew_link/")
    assert answer.status_code == 409
    assert "Identitas pelapor tidak terbuka" in answer.content.decode()
