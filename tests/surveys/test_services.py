"""Each service has an index of its own, and refused applicants are asked too."""

import datetime as dt

import pytest
from django.test import Client

from consultations.enums import Kind, State
from consultations.models import Case
from consultations.parties import Applicant
from kit.refusal import Refused
from reports.surveys import services
from reports.surveys.models import AnswerBox, Publication
from reports.surveys.queries import count_to_enter, get_current_publication, get_result, list_services
from reports.surveys.regulation import ELEMENTS, Service, closes_on
from tests.factories import Staff, case_at, client_of
from tests.surveys.answering import (
    DAY,
    GOOD,
    after,
    answers,
    last_quarter,
    on,
    publish,
    this_quarter,
    write_plan,
)

CONSULTATION, COMPLAINT, BOTH = Service.CONSULTATION, Service.COMPLAINT, Service.BOTH
ABOUT = {"kind": Kind.COMPLAINT, "complained_party": "Pegawai"}


def test_each_service_has_its_own_answers_population_and_index(staff: Staff) -> None:
    answers(6)
    answers(5, details=ABOUT, u1=1)
    quarter = this_quarter()
    with after(quarter):
        consultations, complaints = (get_result(quarter, service) for service in list_services(quarter))
    assert (consultations.n, consultations.population, str(consultations.means["U1"])) == (6, 6, "3.00")
    assert (complaints.n, complaints.population, str(complaints.means["U1"])) == (5, 5, "1.00")
    assert complaints.index < consultations.index
    assert (consultations.is_census, "service" in consultations.profile) == (True, False)


def test_answers_from_before_stay_with_an_index_of_both(staff: Staff) -> None:
    """Until the quarter ends, new answers go to the same box: nobody could take them apart later."""
    answers(5)
    answers(5, details=ABOUT, u1=1)
    quarter = this_quarter()
    (box := AnswerBox(quarter=quarter.since, answers="333333333")).save()
    assert (box.service, list_services(quarter)) == (BOTH, [BOTH])
    case = case_at(State.CLOSED, staff, **ABOUT)
    services.answer(case, by=Applicant(case.secret), **GOOD)
    assert AnswerBox.objects.get(service=BOTH).n == 2
    with after(quarter):
        result = get_result(quarter, BOTH)
    assert (result.n, result.population) == (12, 11)
    following = this_quarter().until + DAY
    with on(following):
        assert list_services(this_quarter()) == [CONSULTATION, COMPLAINT]


@pytest.mark.differs_by_database
def test_a_refused_applicant_is_asked_once_also_if_the_case_goes_on(staff: Staff) -> None:
    case = case_at(State.DECLINED, staff)
    page = Client().get(f"/p/{case.secret}/").text
    assert f'href="/survei/{case.secret}/"' in page
    of_office = client_of(staff.pkd).get(f"/permohonan/{case.code}/?buka=survei").text
    assert "Formulir survei diterima" in of_office
    services.answer(case, by=Applicant(case.secret), **{**GOOD, "u1": 1})
    with pytest.raises(services.AlreadyAnswered):
        services.answer(case, by=Applicant(case.secret), **GOOD)
    with after(quarter := this_quarter()):
        assert (get_result(quarter, CONSULTATION).n, get_result(quarter, CONSULTATION).population) == (1, 1)
    assert count_to_enter(quarter, CONSULTATION) == 0
    assert case.first_ended_at == Case.objects.get(pk=case.pk).first_ended_at is not None


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.SCHEDULED])
def test_who_was_neither_answered_nor_refused_is_not_asked(staff: Staff, state: State) -> None:
    case = case_at(state, staff)
    with pytest.raises(Refused):
        services.answer(case, by=Applicant(case.secret), **GOOD)


def test_each_service_is_planned_and_published_apart(staff: Staff) -> None:
    quarter = last_quarter()
    answers(day=quarter.until)
    answers(day=quarter.until, details=ABOUT, u9=1)
    consultation = publish(staff.kadis, quarter)
    with after(quarter):
        write_plan(quarter, COMPLAINT)
    complaint = publish(staff.kadis, quarter, service=COMPLAINT, analysis="Jawaban lama.")
    assert (consultation.version, complaint.version) == (1, 1)
    assert get_current_publication() == consultation
    assert complaint.figures["lowest"][0] == "U9"
    page = client_of(staff.kadis).get(
        f"/survei/?since={quarter.since}&until={quarter.until}&layanan=COMPLAINT"
    )
    assert 'data-n="5"' in page.text
    assert "Jawaban lama." in page.text
    public = Client().get("/survei/hasil/").text
    assert public.count("data-publication=") == 2
    assert "Pengaduan</td>" in public


def test_a_report_has_an_analysis(staff: Staff) -> None:
    quarter = last_quarter()
    answers(day=quarter.until)
    write_plan(quarter)
    client = client_of(staff.kadis)
    address = f"/survei/?since={quarter.since}&until={quarter.until}"
    assert "Unsur tertinggi adalah" in client.get(address).text
    form = {"since": str(quarter.since), "until": str(quarter.until), "seen": 0}
    refused = client.post("/survei/", {**form, "analysis": " "})
    assert (refused.status_code, "Tulis analisisnya" in refused.text) == (422, True)
    with on(closes_on(quarter) + DAY), pytest.raises(Refused, match="Tulis analisisnya"):
        services.publish(by=staff.kadis, period=quarter, service=CONSULTATION, analysis="")
    assert not Publication.objects.exists()


def test_the_elements_stand_in_the_order_of_the_regulation() -> None:
    shown = [str(element) for element in ELEMENTS.values()]
    assert shown[7:] == ["U8 Penanganan pengaduan, saran, dan masukan", "U9 Sarana dan prasarana"]
    assert [ELEMENTS[code].number for code in ("U1", "U8", "U9")] == ["U1", "U9", "U8"]


def test_the_analysis_begins_with_what_changed(staff: Staff) -> None:
    before = last_quarter().quarter_before
    answers(day=before.until, u1=2)
    publish(staff.kadis, before)
    answers(day=last_quarter().until)
    text = services.draft_analysis(last_quarter(), CONSULTATION, get_result(last_quarter(), CONSULTATION))
    assert f"IKM {before.title} 72,22, sekarang 75,00." in text
    assert dt.date.today() >= before.until
