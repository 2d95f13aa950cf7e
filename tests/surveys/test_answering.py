"""Answering the survey: once for each closed case, by its applicant or by staff from paper."""

from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from consultations.enums import Kind, State
from consultations.models import Case
from consultations.parties import Applicant
from consultations.search import find
from consultations.workflow import Refused
from office.models import User
from surveys import services
from surveys.models import Answer
from surveys.queries import has_open_survey
from tests.factories import ClientOf, Staff, case_at
from tests.surveys.answering import GOOD, answered, link, sent
from tests.threads import run_at_once


def shown(url: str) -> str:
    return Client().get(url).content.decode()


def test_an_applicant_answers_once_and_is_thanked(staff: Staff, client: Client) -> None:
    case = case_at(State.CLOSED, staff)
    early = client.get(f"{link(case)}terima-kasih/")
    assert (early.status_code, early["Location"]) == (302, link(case))

    page = client.get(link(case))
    assert page.status_code == 200
    assert page.content.decode().count('<input type="radio"') == 36
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]

    answer = client.post(link(case), sent(u4=4, sex="FEMALE", education="SMA", comment=" Cepat. "))
    assert answer.status_code == 302
    assert answer["Location"] == f"{link(case)}terima-kasih/"
    stored = Answer.objects.get()
    assert (stored.case, stored.u1, stored.u4, stored.u9) == (case, 3, 4, 3)
    assert (stored.sex, stored.education, stored.occupation) == ("FEMALE", "SMA", "")
    assert (stored.comment, stored.channel, stored.entered_by) == ("Cepat.", "ONLINE", None)

    thanks = shown(answer["Location"])
    assert "Terima kasih" in thanks
    assert not any(answer in thanks for answer in ("Gratis", "Cepat.", "Perempuan"))
    for response in (client.get(link(case)), client.post(link(case), sent(u4=1))):
        assert (response.status_code, response["Location"]) == (302, f"{link(case)}terima-kasih/")
    assert Answer.objects.get().u4 == 4


@pytest.mark.parametrize("state", [State.SUBMITTED, State.HELD, State.FORWARDED, State.DECLINED])
def test_an_answer_before_the_case_is_closed_is_refused(state: State, staff: Staff, client: Client) -> None:
    case = case_at(state, staff)
    for response in (client.get(link(case)), client.post(link(case), sent())):
        assert response.status_code == 409
        later = "Survei dapat diisi sesudah permohonan ini selesai." in response.content.decode()
        assert later is case.is_open
        assert later or "Survei hanya untuk permohonan yang dilayani" in response.content.decode()
    assert not Answer.objects.exists()


def test_a_complaint_is_answered_like_a_consultation(staff: Staff, client: Client) -> None:
    case = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT, complained_party="Pelaksana")
    assert client.post(link(case), sent()).status_code == 302


def test_a_missing_answer_is_marked_and_the_others_remain(staff: Staff, client: Client) -> None:
    case = case_at(State.CLOSED, staff)
    typed = sent(u1=4, occupation="TNI", comment="Tetap di sini")
    del typed["u2"]

    response = client.post(link(case), typed)

    page = response.content.decode()
    assert response.status_code == 422
    assert page.count("Pilih salah satu jawaban.") == 1
    assert 'name="u1" value="4" checked' in page
    assert 'id="u2-salah"' in page
    assert '<option value="TNI" selected>' in page
    assert "Tetap di sini" in page
    assert "Ada 1 bagian" in page
    assert not Answer.objects.exists()


WRONG: list[dict[str, object]] = [
    {"u3": "5"},
    {"u3": "0"},
    {"u3": "tiga"},
    {"u3": ["", ""]},
    {"sex": "X"},
    {"education": "S4"},
    {"comment": "saran " * 200},
    {"comment": "x" * 600},
]


def test_wrong_values_get_a_sentence(staff: Staff, client: Client) -> None:
    case = case_at(State.CLOSED, staff)
    for wrong in WRONG:
        response = client.post(link(case), sent(**wrong))
        assert response.status_code == 422, wrong
        assert "invalid-feedback" in response.content.decode(), wrong
    assert not Answer.objects.exists()


def test_an_unknown_link_is_not_found(staff: Staff, client: Client) -> None:
    assert client.get(f"/survei/{'s' * 32}/").status_code == 404
    assert client.get(f"/survei/{'s' * 32}/terima-kasih/").status_code == 404


def test_the_service_accepts_no_other_actor(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    for by in (Applicant("x" * 32), staff.kadis, staff.kabid, staff.petugas, staff.admin, staff.expired):
        with pytest.raises(PermissionDenied):
            services.answer(case, by=by, **GOOD)
    assert not Answer.objects.exists()


def test_a_case_that_was_reopened_meanwhile_accepts_no_answer(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    Case.objects.filter(pk=case.pk).update(state=State.HELD, report_number="", closed_at=None)
    with pytest.raises(Refused, match="sesudah permohonan ini selesai"):
        services.answer(case, by=Applicant(case.secret), **GOOD)


def test_of_two_answers_at_once_one_counts(shared_database: None, staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)

    def give(value: int) -> str:
        try:
            services.answer(case, by=Applicant(case.secret), **{**GOOD, "u1": value})
        except Refused as refusal:
            return str(refusal)
        return ""

    refused = "Survei untuk permohonan ini sudah diisi. Satu permohonan diisi satu kali."
    assert sorted(run_at_once([partial(give, 1), partial(give, 2)])) == ["", refused]
    assert Answer.objects.count() == 1


@pytest.mark.parametrize(("path", "queries"), [("", 3), ("terima-kasih/", 3)])
def test_the_pages_cost_the_same_queries(
    path: str, queries: int, staff: Staff, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = answered(staff).case if path else case_at(State.CLOSED, staff)
    client.get(link(case) + path)
    with django_assert_num_queries(queries):
        assert client.get(link(case) + path).status_code == 200


# Links on the pages of a case


def test_the_link_to_the_survey_is_shown_until_it_is_answered(staff: Staff) -> None:
    assert has_open_survey(case_at(State.CLOSED, staff))
    assert not has_open_survey(case_at(State.FORWARDED, staff))
    assert not has_open_survey(answered(staff).case)


def test_the_page_of_a_closed_case_offers_the_form_and_its_entry(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.CLOSED, staff)
    form, entry = f"/survei/formulir/{case.code}.pdf", f"/survei/isian/{case.code}/"

    def page(user: User, case: Case = case) -> str:
        return client_of(user).get(f"/permohonan/{case.code}/").content.decode()

    for user in (staff.sekretariat, staff.pkd):
        assert form in page(user)
        assert entry in page(user)
    for user in (staff.kadis, staff.kabid, staff.petugas):
        assert form in page(user)
        assert entry not in page(user)
    assert "sudah diisi" in page(staff.pkd, answered(staff).case)
    assert "data-survey" not in page(staff.pkd, case_at(State.FORWARDED, staff))


# Entry from paper


def test_staff_find_the_case_by_code_or_agenda_number(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.CLOSED, staff)
    assert case.agenda
    typed = [
        case.code,
        case.code.lower().replace("-", " "),
        str(case.agenda.number),
        f"{case.agenda.number} / {case.agenda.year}",
        f"No. {case.agenda}",
        f"Nomor agenda {case.agenda.number}",
    ]
    for words in typed:
        assert case.pk in find(Case.objects.all(), words).keys, words
        response = client_of(staff.sekretariat).post("/survei/isian/", {"case": words})
        assert (response.status_code, response["Location"]) == (302, f"/survei/isian/{case.code}/")


def test_a_lookup_without_a_result_gets_a_sentence(staff: Staff, client_of: ClientOf) -> None:
    client = client_of(staff.pkd)
    for typed in ("", "  ", "AAAA-AAAA", "999", "0/0000", "9" * 20, "x" * 500, "\x00", "١/2026"):
        response = client.post("/survei/isian/", {"case": typed})
        assert response.status_code == 422, typed
        assert "invalid-feedback" in response.content.decode(), typed


def test_staff_enter_an_answer_from_paper(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.CLOSED, staff)
    client = client_of(staff.sekretariat)
    page = client.get(f"/survei/isian/{case.code}/")
    assert page.content.decode().count('<input type="radio"') == 36
    missing = client.post(f"/survei/isian/{case.code}/", {"u1": 2})
    assert missing.status_code == 422
    assert 'name="u1" value="2" checked' in missing.content.decode()

    response = client.post(f"/survei/isian/{case.code}/", sent(u8=1))

    assert (response.status_code, response["Location"]) == (302, "/survei/isian/")
    stored = Answer.objects.get()
    assert (stored.u8, stored.channel, stored.entered_by) == (1, "PAPER", staff.sekretariat)
    again = client.post(f"/survei/isian/{case.code}/", sent(u8=4))
    assert again.status_code == 409
    assert "sudah diisi" in again.content.decode()
    assert Answer.objects.get().u8 == 1


def test_entry_before_the_case_is_closed_is_refused(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.HELD, staff)
    for response in (
        client_of(staff.pkd).get(f"/survei/isian/{case.code}/"),
        client_of(staff.pkd).post(f"/survei/isian/{case.code}/", sent()),
    ):
        assert response.status_code == 409


def test_staff_cannot_find_or_enter_a_complaint_about_them(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT, complained_party="Pegawai")
    Case.objects.filter(pk=case.pk).update(complained_about=staff.pkd)
    client = client_of(staff.pkd)
    assert client.get(f"/survei/isian/{case.code}/").status_code == 404
    assert client.post(f"/survei/isian/{case.code}/", sent()).status_code == 404
    assert client.post("/survei/isian/", {"case": case.code}).status_code == 422
    assert client.get(f"/survei/formulir/{case.code}.pdf").status_code == 404
    with pytest.raises(PermissionDenied):
        services.answer(Case.objects.get(pk=case.pk), by=staff.pkd, **GOOD)
    assert client_of(staff.sekretariat).post(f"/survei/isian/{case.code}/", sent()).status_code == 302
