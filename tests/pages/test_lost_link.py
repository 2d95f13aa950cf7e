"""Case lookup: a lost link is found by code and number, or printed again at the counter."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consultations.enums import Identity, Kind, State
from consultations.models import Case
from office.models import User
from reports.documents.files import render_html
from reports.models import Document
from tests.factories import DETAILS, ClientOf, Staff, case_at, walk_in_at
from tests.shared_data import each
from tests.submitting import typed


def complaint(staff: Staff, identity: str) -> Case:
    return case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT, identity=identity)


def look_up(code: str, phone: str = "0812-3456-7890", address: str = "192.0.2.1") -> Any:
    return Client().post("/lacak/", {"code": code, "phone": phone}, REMOTE_ADDR=address)


@each("code", ["{}", "  {}", "{} "])
@each("phone", ["081234567890", "+62 812-3456-7890"])
def test_code_and_number_lead_to_the_secret_link(staff: Staff, code: str, phone: str) -> None:
    case = case_at(State.SUBMITTED, staff)
    for typed_code in (case.code, case.code.lower(), case.code.replace("-", ""), case.code.replace("-", " ")):
        answer = look_up(code.format(typed_code), phone)
        assert (answer.status_code, answer["Location"]) == (302, f"/p/{case.secret}/")


@each("identity", [Identity.CONFIDENTIAL, Identity.ANONYMOUS])
def test_a_hidden_complaint_is_opened_by_its_link_only(
    staff: Staff, identity: str, client_of: ClientOf
) -> None:
    case = complaint(staff, identity)
    right, wrong = look_up(case.code), look_up(case.code, "081234567891")
    assert right.status_code == wrong.status_code == 422
    assert "tidak cocok" in right.text
    assert "hanya dapat dibuka lewat tautan rahasianya" in right.text
    assert case.secret not in right.text
    receipt = Client().get(f"/p/{case.secret}/tanda-terima/").text
    assert "hanya dapat dibuka lewat tautan itu" in receipt
    assert "dapat dilacak kapan saja" not in receipt
    renewed = client_of(staff.sekretariat).get(f"/permohonan/{case.code}/renew_link/")
    assert renewed.status_code == 409
    assert "Identitas pelapor tidak terbuka" in renewed.text


@each("identity", Identity)
def test_the_check_page_tells_hidden_complainants_to_keep_the_link(staff: Staff, identity: str) -> None:
    check = Client().post("/pengaduan/", typed(identity=identity))["Location"]
    is_told = "hanya dapat dibuka lewat tautan itu" in Client().get(check).text
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
            answer = look_up(code, phone)
        assert answer.status_code == 422
        assert sum("consultations_case" in query["sql"] for query in asked) == 1
        answers.add(answer.text.replace(code, "").split("<main")[1].split("csrfmiddlewaretoken")[0])
        assert "tidak cocok" in answer.text
    assert len(answers) == 1


@each("code", ["", "\0", "x" * 500, "<script>", "7K3M\u20119Q2X"])
def test_any_code_gets_a_sentence(office: object, code: str) -> None:
    assert look_up(code).status_code == 422


def test_tries_are_limited_and_a_stranger_does_not_shut_the_applicant_out(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    tries = [look_up(case.code, f"0812345678{n:02}", "203.0.113.7").status_code for n in range(11)]
    assert tries == [422] * 10 + [429]
    refused = look_up(case.code, address="203.0.113.7")
    assert refused.status_code == 429
    assert "Tunggu 15 menit, lalu coba lagi, atau hubungi Sekretariat." in refused.text
    assert look_up(case.code).status_code == 302


def test_the_counter_and_tim_pkd_find_a_case_and_print_its_slip(staff: Staff, client_of: ClientOf) -> None:
    case, walk_in = case_at(State.ASSIGNED, staff), walk_in_at(State.ASSIGNED, staff)
    counter, slip = client_of(staff.sekretariat), f"/permohonan/{case.code}/tanda-terima.pdf"
    for asked in ("Siti Contoh", "siti", "081234567890", case.code, case.code.replace("-", "")):
        found = counter.get("/permohonan/", {"q": asked}, follow=True).text
        assert f'data-case="{case.code}"' in found, asked

    def page(person: User, case: Case) -> str:
        return client_of(person).get(f"/permohonan/{case.code}/").text

    assert f'href="{slip}"' in page(staff.sekretariat, case)
    assert counter.get(slip).status_code == 200
    for person, slip_of in ((staff.sekretariat, case), (staff.pkd, case), (staff.pkd, walk_in)):
        assert "Cetak tanda terima" in page(person, slip_of)
    for person in (staff.petugas, staff.kabid, staff.kadis):
        assert "Cetak tanda terima" not in page(person, case)
    assert DETAILS["phone"] not in page(staff.companion, case)


@each("state", [State.SUBMITTED, State.CLOSED, State.DECLINED])
def test_a_lost_link_is_replaced_by_a_new_one(state: State, staff: Staff, client_of: ClientOf) -> None:
    case, client = case_at(state, staff), client_of(staff.sekretariat)
    old, address = case.secret, f"/permohonan/{case.code}/renew_link/"
    refused = client.post(address, {"checked_with": "CALL"})
    assert refused.status_code == 422
    assert "Centang sesudah identitasnya cocok" in refused.text
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
