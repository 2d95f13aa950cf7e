"""Answering the survey: once for each closed case, by its applicant or by staff from paper."""

import re
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.formats import date_format
from pytest_django import DjangoAssertNumQueries

from consultations.enums import Kind, Party, State
from consultations.models import Case
from consultations.parties import Applicant
from kit.refusal import Refused
from office.models import User
from reports.surveys import services
from reports.surveys.models import AnswerBox, Participation
from reports.surveys.queries import has_answered, has_open_survey
from reports.surveys.regulation import Service, closes_on
from tests.factories import Staff, case_at, client_of
from tests.surveys.answering import DAY, GOOD, after, answered, closed, get_box, link, on, sent, this_quarter
from tests.threads import run_at_once


def read(url: str, client: Client | None = None) -> str:
    return (client or Client()).get(url).text


def test_an_applicant_answers_once_and_is_thanked(staff: Staff, client: Client) -> None:
    case = case_at(State.CLOSED, staff)
    early = client.get(f"{link(case)}terima-kasih/")
    assert (early.status_code, early["Location"]) == (302, link(case))
    page = client.get(link(case))
    assert page.status_code == 200
    assert page.text.count('<input type="radio"') == 36
    assert "tanpa nama, kode lacak, atau waktu" in page.text
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    answer = client.post(link(case), sent(u4=4, sex="FEMALE", education="SMA", comment=" Cepat. "))
    assert answer.status_code == 302
    assert answer["Location"] == f"{link(case)}terima-kasih/"
    assert has_answered(case)
    box = get_box()
    assert (box.answers, box.comments) == ("333433333", ["Cepat."])
    assert box.profile == {"education": {"SMA": 1}, "sex": {"FEMALE": 1}}
    thanks = read(answer["Location"])
    assert not any(answer in thanks for answer in ("Gratis", "Cepat.", "Perempuan"))
    for response in (client.get(link(case)), client.post(link(case), sent(u4=1))):
        assert (response.status_code, response["Location"]) == (302, f"{link(case)}terima-kasih/")
    assert get_box().answers == "333433333"


def test_an_answer_before_the_case_is_closed_is_refused(staff: Staff, client: Client) -> None:
    for state in (State.SUBMITTED, State.HELD, State.FORWARDED, State.WITHDRAWN):
        case = case_at(state, staff)
        for response in (client.get(link(case)), client.post(link(case), sent())):
            assert response.status_code == 409
            later = "Survei dapat diisi sesudah permohonan ini selesai." in response.text
            assert later is case.is_open
            assert later or "Survei hanya untuk permohonan yang dijawab atau ditolak" in response.text
        assert not AnswerBox.objects.exists()


def test_a_complaint_is_answered_like_a_consultation(staff: Staff, client: Client) -> None:
    case = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT, complained_party="Pelaksana")
    assert 'name="comment"' not in read(link(case))
    assert client.post(link(case), sent(comment="Kepala dinas kasar.")).status_code == 302
    box = get_box(Service.COMPLAINT)
    assert (box.answers, box.comments) == ("333333333", [])


def test_a_quarter_accepts_answers_for_two_weeks_after_its_end(staff: Staff, client: Client) -> None:
    case = case_at(State.CLOSED, staff)
    with after(quarter := this_quarter()):
        assert not has_open_survey(case)
        for response in (client.get(link(case)), client.post(link(case), sent())):
            assert response.status_code == 409
            assert f"sudah ditutup pada {date_format(closes_on(quarter))}" in response.text
    assert has_open_survey(case)


def test_a_missing_answer_is_marked_and_the_others_remain(staff: Staff, client: Client) -> None:
    case = case_at(State.CLOSED, staff)
    typed = sent(u1=4, occupation="TNI", comment="Tetap di sini")
    del typed["u2"]
    response = client.post(link(case), typed)
    page = response.text
    assert response.status_code == 422
    assert page.count("Pilih salah satu jawaban.") == 1
    assert 'name="u1" value="4" checked' in page
    assert 'id="u2-salah"' in page
    assert '<option value="TNI" selected>' in page
    assert not AnswerBox.objects.exists()


def test_wrong_values_get_a_sentence(staff: Staff, client: Client) -> None:
    case = case_at(State.CLOSED, staff)
    for name, value in (
        *(("u3", "5"), ("u3", "0"), ("u3", "tiga"), ("u3", ["", ""]), ("sex", "X"), ("education", "S4")),
        *(("comment", "saran " * 200), ("comment", "x" * 600)),
    ):
        response = client.post(link(case), sent(**{name: value}))
        assert response.status_code == 422, (name, value)
        assert "invalid-feedback" in response.text, (name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        services.answer(case, by=Applicant(case.secret), **{**GOOD, "u1": 5})
    assert not has_answered(case)
    assert not AnswerBox.objects.exists()
    for path in ("", "terima-kasih/"):
        assert client.get(f"/survei/{'s' * 32}/{path}").status_code == 404


def test_the_service_accepts_no_other_actor_and_no_case_that_was_reopened(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    users = (staff.kadis, staff.kabid, staff.petugas, staff.admin, staff.expired)
    actors: tuple[Any, ...] = (Applicant("x" * 32), *users)
    for by in actors:
        with pytest.raises(PermissionDenied):
            services.answer(case, by=by, **GOOD)
    reopened = {"state": State.HELD, "turn": Party.OFFICER, "report_number": "", "closed_at": None}
    Case.objects.filter(pk=case.pk).update(**reopened)
    with pytest.raises(Refused, match="sesudah permohonan ini selesai"):
        services.answer(case, by=Applicant(case.secret), **GOOD)
    assert not AnswerBox.objects.exists()


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
    assert (get_box().n, Participation.objects.count()) == (1, 1)


def test_query_count(staff: Staff, client: Client, at_most_queries: DjangoAssertNumQueries) -> None:
    for path in (link(case_at(State.CLOSED, staff)), f"{link(answered(staff))}terima-kasih/"):
        client.get(path)
        with at_most_queries(3):
            assert client.get(path).status_code == 200


def test_the_page_of_a_closed_case_offers_the_form_and_its_entry(staff: Staff) -> None:
    case, done, open_ = case_at(State.CLOSED, staff), answered(staff), case_at(State.FORWARDED, staff)
    assert [has_open_survey(shown) for shown in (case, done, open_)] == [True, False, False]

    def page(user: User, case: Case) -> str:
        return read(f"/permohonan/{case.code}/?buka=survei", client_of(user))

    for user in (staff.sekretariat, staff.pkd, staff.kadis, staff.kabid, staff.petugas):
        assert "/survei/formulir.pdf" in page(user, case)
        assert (receive(case) in page(user, case)) is (user in (staff.sekretariat, staff.pkd))
    assert "sudah diisi" in page(staff.pkd, done)
    assert "data-survey" not in page(staff.pkd, open_)


# Forms on paper


def receive(case: Case) -> str:
    return f"/survei/diterima/{case.code}/"


def test_a_paper_form_is_received_for_its_case_and_entered_apart(staff: Staff) -> None:
    case, client, entry = case_at(State.CLOSED, staff), client_of(staff.sekretariat), "/survei/isian/"
    assert "<form" not in client.get(entry).text.split("<main")[1]
    assert client.post(entry, {**sent(), "seen": 0}).status_code == 409
    assert "tidak dapat dibatalkan" in client.get(receive(case)).text
    assert client.post(receive(case))["Location"] == f"/permohonan/{case.code}/"
    for again in (client.get(receive(case)), client.post(receive(case))):
        assert again.status_code == 409
        assert "sudah diisi" in again.text
    assert Client().get(link(case))["Location"] == f"{link(case)}terima-kasih/"
    page = client.get(entry).text
    assert page.count('<input type="radio"') == 36
    assert 'data-to-enter="1"' in page
    missing = client.post(entry, {"u1": 2, "seen": 1})
    assert missing.status_code == 422
    assert 'name="u1" value="2" checked' in missing.text
    done = client.post(entry, {**sent(u8=1), "seen": 1})
    assert (done.status_code, done["Location"]) == (
        302,
        f"/survei/isian/?triwulan={this_quarter().key}-CONSULTATION",
    )
    assert client.post(entry, {**sent(u8=4), "seen": 1}).status_code == 409
    assert get_box().answers == "333333313"


def test_a_form_that_is_sent_twice_counts_once(staff: Staff) -> None:
    client = client_of(staff.pkd)
    for _number in range(2):
        client.post(receive(case_at(State.CLOSED, staff)))
    assert client.post("/survei/isian/", {**sent(), "seen": 2}).status_code == 302
    again = client.post("/survei/isian/", {**sent(), "seen": 2})
    assert again.status_code == 409
    assert 'name="seen" value="1"' in again.text
    assert get_box().n == 1


def test_forms_of_the_last_quarter_are_entered_until_it_is_closed(staff: Staff) -> None:
    client, quarter = client_of(staff.pkd), this_quarter()
    client.post(receive(case_at(State.CLOSED, staff)))
    with on(quarter.until + DAY):
        page = client.get("/survei/isian/").text
        assert f'aria-current="page">{quarter.title}, Konsultasi (1)</a>' in page
        assert client.post("/survei/isian/", {**sent(), "seen": 1}).status_code == 302
    with after(quarter), pytest.raises(Refused, match="sudah ditutup"):
        services.enter_form(by=staff.pkd, quarter=quarter, service="CONSULTATION", seen=1, **GOOD)


def test_a_form_is_entered_in_the_quarter_of_its_page(staff: Staff) -> None:
    """Meanwhile somebody else has entered the last form of that quarter, or the quarter was closed."""
    client, quarter = client_of(staff.pkd), this_quarter()
    Participation.objects.bulk_create(
        Participation(case=case)
        for day in (quarter.until, quarter.until + DAY)
        for case in closed(1, day=day)
    )
    with on(quarter.until + DAY):
        entry = re.findall(r'action="(\?.*?)"', client.get("/survei/isian/").text)
        assert entry == [f"?triwulan={this_quarter().key}-CONSULTATION"]
        assert client.post(f"/survei/isian/{entry[0]}", {**sent(), "seen": 1}).status_code == 302
        assert client.post(f"/survei/isian/{entry[0]}", {**sent(), "seen": 1}).status_code == 409
    with after(quarter):
        late = client.post(f"/survei/isian/?triwulan={quarter.key}-CONSULTATION", {**sent(), "seen": 1})
        assert (late.status_code, "sudah ditutup" in late.text) == (409, True)
    assert [box.n for box in AnswerBox.objects.order_by("-quarter") if box.n] == [1]


def test_forms_are_received_for_closed_cases_by_those_who_may(staff: Staff) -> None:
    unfinished, case = case_at(State.HELD, staff), case_at(State.CLOSED, staff)
    assert client_of(staff.pkd).post(receive(unfinished)).status_code == 409
    assert client_of(staff.kadis).post(receive(case)).status_code == 403
    with pytest.raises(PermissionDenied):
        services.enter_form(by=staff.kadis, quarter=this_quarter(), service="CONSULTATION", seen=0, **GOOD)
    about = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT, complained_party="Pegawai")
    Case.objects.filter(pk=about.pk).update(complained_about=staff.pkd)
    assert client_of(staff.pkd).post(receive(about)).status_code == 404
    with pytest.raises(PermissionDenied):
        services.receive_form(Case.objects.get(pk=about.pk), by=staff.pkd)
    assert client_of(staff.sekretariat).post(receive(about)).status_code == 302
