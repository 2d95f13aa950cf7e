"""Similar cases, the bank of advice, and frequent questions."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consultations.enums import Identity, Kind, State
from consultations.faq.models import Question
from consultations.models import Case, StepDraft
from consultations.services import store_involvements
from kit import clock
from office.models import Role
from reports.advice import list_similar
from reports.models import ReusableAdvice
from reports.models.report import Item
from tests import submitting
from tests.conftest import remember_all
from tests.factories import Staff, appoint, case_at, client_of
from tests.shared_data import each
from tests.submitting import items

CARD = {"subject": "Kartu BPJS nonaktif", "material": "Kartu BPJS warga nonaktif sejak pindah alamat."}
QUESTION = {
    "question": "Bagaimana mengaktifkan kartu BPJS?",
    "answer": "Warga melapor dengan kartu keluarga.",
}


@pytest.fixture
def closed(staff: Staff) -> Case:
    return case_at(State.CLOSED, staff, **CARD)


def step(case: Case, verb: str, rest: str = "") -> str:
    return f"/permohonan/{case.code}/{verb}/{rest}"


# Similar cases


@pytest.mark.differs_by_database
def test_similar_cases_share_rare_words_and_come_best_first(closed: Case, staff: Staff) -> None:
    some = case_at(State.CLOSED, staff, subject="Kartu rusak", material="Kartu warga rusak.")
    case_at(State.CLOSED, staff)
    case_at(State.HELD, staff, **CARD)
    case = case_at(State.DISPOSED, staff, **CARD)
    assert [similar.case for similar in list_similar(case, by=staff.kabid)] == [closed, some]
    texts = [advice.text for advice in list_similar(case, by=staff.kabid)[0].advice]
    assert texts == ["Usulkan melalui musyawarah desa.", "Perbarui data setiap triwulan."]
    assert list_similar(case, by=staff.other_kabid) == []


def test_words_of_the_report_count_and_those_of_a_hidden_complainant_do_not(staff: Staff) -> None:
    closed = case_at(State.CLOSED, staff, subject="Lain", material="Lain.")
    hidden = {"kind": Kind.COMPLAINT, "identity": Identity.CONFIDENTIAL, "complained_party": "Loket"}
    case_at(State.CLOSED, staff, **hidden, subject="Lain", material="Musyawarah triwulan pengusulan.")
    case = case_at(State.DISPOSED, staff, subject="Musyawarah", material="Triwulan, pengusulan.")
    assert [similar.case for similar in list_similar(case, by=staff.kadis)] == [closed]


@each(
    ("verb", "state", "field", "value"),
    [
        ("assign", State.DISPOSED, "preparation", "- Usulkan melalui musyawarah desa. (dari {code})"),
        ("prepare", State.ASSIGNED, "materials", "Peta\n- Usulkan melalui musyawarah desa. (dari {code})"),
        ("report", State.HELD, "advice", None),
    ],
)
def test_advice_is_taken_over_with_its_source(
    verb: str, state: State, field: str, value: str | None, closed: Case, staff: Staff
) -> None:
    case = case_at(state, staff, **CARD)
    client = client_of(staff.kabid if verb == "assign" else staff.petugas)
    page = client.get(step(case, verb)).text
    assert f'name="ambil" value="{closed.code}:1"' in page
    typed = {"ambil": f"{closed.code}:1", "materials": "Peta", **items("advice", {"text": "Pertama"})}
    saved = client.post(step(case, verb, "draf/"), typed)
    assert saved["Location"] == f"{step(case, verb)}#div_id_{field}"
    taken = StepDraft.objects.get().typed[field]
    source = {"text": "Usulkan melalui musyawarah desa.", "source": closed.code}
    assert taken == value.format(code=closed.code) if value else taken[1:] == [source]
    assert f"{closed.code}" in client.get(step(case, verb)).text
    if verb == "report":
        sent = {"activities": "Rapat.", "results": "Jelas.", **items("advice", source)}
        assert client.post(step(case, verb), sent).status_code == 302
        item = Item(Item.Kind.ADVICE, source["text"], source=closed.code)
        assert case.reports.get().list_items(Item.Kind.ADVICE) == [item]
        assert f'code">{closed.code}' not in case.reports.get().text


def test_advice_of_a_case_that_is_not_visible_is_not_taken(staff: Staff) -> None:
    other = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT, complained_party="Loket", **CARD)
    Case.objects.filter(pk=other.pk).update(division=staff.other_division, officer=staff.elsewhere)
    store_involvements(Case.objects.get(pk=other.pk))
    case = case_at(State.HELD, staff, **CARD)
    client = client_of(staff.petugas)
    assert other.code not in client.get(step(case, "report")).text
    for forged in (f"{other.code}:1", "bank:x", f"bank:{'9' * 5000}", "x", f"{case.code}\0:1"):
        client.post(step(case, "report", "draf/"), {"ambil": forged, **items("advice", {"source": "<x>"})})
        assert StepDraft.objects.get().typed["advice"] == []
    no_place = step(case_at(State.REGISTERED, staff), "decline", "draf/")
    assert client_of(staff.kadis).post(no_place, {"ambil": f"{other.code}:1"}).status_code == 302


@pytest.mark.differs_by_database
@each("count", [1, 7])
def test_similar_cases_cost_two_queries_more(count: int, staff: Staff) -> None:
    for _n in range(count):
        case_at(State.CLOSED, staff, **CARD)
    alone = case_at(State.DISPOSED, staff, subject="Rapat", material="Rapat.")
    case, client = case_at(State.DISPOSED, staff, **CARD), client_of(staff.kabid)
    remember_all()
    with CaptureQueriesContext(connection) as few:
        client.get(step(alone, "assign"))
    with CaptureQueriesContext(connection) as more:
        page = client.get(step(case, "assign")).text
    assert len(more) == len(few) + 2
    assert page.partition('id="serupa"')[2].count("<details") == min(count, 5)


# The bank of advice


def test_an_officer_proposes_and_the_head_offers_until_a_day(closed: Case, staff: Staff) -> None:
    case = case_at(State.HELD, staff, **CARD)
    officer, head = client_of(staff.petugas), client_of(staff.kabid)
    address = f"/permohonan/{closed.code}/bank-saran/"
    assert officer.post(address, {}).status_code == 422
    assert officer.post(address, {"items": ["0"], "topic": "BPJS nonaktif"}).status_code == 302
    proposed = officer.get(address).text
    assert "musyawarah" not in proposed
    advice = ReusableAdvice.objects.get()
    assert f'value="bank:{advice.pk}"' not in officer.get(step(case, "report")).text

    review = f"/bank-saran/{advice.pk}/"
    assert review in head.get("/bank-saran/").text
    approved = {"text": "Usulkan kartu BPJS baru.", "topic": "BPJS"}
    assert head.post(review, approved).status_code == 422
    assert head.post(review, {**approved, "expires_on": "2020-01-01"}).status_code == 422
    assert head.post(review, {**approved, "expires_on": clock.today().isoformat()}).status_code == 302
    assert f'value="bank:{advice.pk}"' in officer.get(step(case, "report")).text
    officer.post(address, {"items": ["0"], "topic": "Data"})
    other = f"/bank-saran/{ReusableAdvice.objects.latest('pk').pk}/"
    assert head.post(other, {**approved, "expires_on": clock.today().isoformat()}).status_code == 422
    officer.post(step(case, "report", "draf/"), {"ambil": f"bank:{advice.pk}"})
    assert StepDraft.objects.get().typed["advice"][0]["source"] == f"bank-{advice.pk}"
    other_case = case_at(State.ASSIGNED, staff, **CARD)
    officer.post(step(other_case, "prepare", "draf/"), {"ambil": f"bank:{advice.pk}"})
    materials = StepDraft.objects.get(verb="prepare").typed["materials"]
    assert materials == f"- {approved['text']} (dari bank saran)"
    assert approved["text"] in officer.get("/bank-saran/?q=kartu").text
    assert approved["text"] not in officer.get("/bank-saran/?q=lansia").text
    typing = step(case_at(State.HELD, staff), "report")
    texts = {"Pemohon mengusulkan kartu BPJS baru": True, "Lain sama sekali\0": False}
    for typed, is_offered in texts.items():
        answer = officer.post(f"{typing}saran/", {"material": typed})
        assert (f'value="bank:{advice.pk}"' in answer.text) == is_offered, "while it is typed"
    assert f'formaction="{typing}draf/"' not in answer.text
    assert client_of(staff.elsewhere).post(f"{typing}saran/", {}).status_code == 404
    with clock.set_to(clock.now() + dt.timedelta(days=1)):
        assert f'value="bank:{advice.pk}"' not in officer.get(step(case, "report")).text
    assert head.post(review, {**approved, "tolak": "1"}).status_code == 302
    advice.refresh_from_db()
    assert advice.expires_on is None


def test_who_may_propose_and_review(closed: Case, staff: Staff) -> None:
    complaint = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT, complained_party="Loket")
    assert client_of(staff.petugas).get(f"/permohonan/{complaint.code}/bank-saran/").status_code == 403
    proposed = {"items": ["0"], "topic": "BPJS"}
    for name in ("kadis", "pkd", "sekretariat"):
        client = client_of(getattr(staff, name))
        assert client.post(f"/permohonan/{closed.code}/bank-saran/", proposed).status_code == 403, name
    client_of(staff.kabid).post(f"/permohonan/{closed.code}/bank-saran/", proposed)
    for name in ("kadis", "pkd", "petugas", "other_kabid"):
        address = f"/bank-saran/{ReusableAdvice.objects.get().pk}/"
        assert client_of(getattr(staff, name)).get(address).status_code == 403, name
    assert client_of(staff.admin).get("/bank-saran/").status_code == 403


# Frequent questions


def publish(client: Client, case: Case, **typed: Any) -> int:
    data = {**QUESTION, "cases": case.code, **typed}
    return client.post("/tanya-jawab/kelola/baru/", data).status_code


@each(
    ("field", "text"),
    [
        *(("answer", "Seperti siti contoh."), ("question", "Apa kata Desa Contoh?")),
        *(("answer", "Hubungi 0812-3456-7890."), ("cases", "XXXX-XXXX"), ("cases", "tidak ada")),
    ],
)
def test_a_question_names_nobody(field: str, text: str, closed: Case, staff: Staff) -> None:
    typed = {**QUESTION, "cases": closed.code, field: text}
    answer = client_of(staff.kabid).post("/tanya-jawab/kelola/baru/", typed)
    assert answer.status_code == 422
    assert [*answer.context["form"].errors] == [field]
    assert text in answer.text
    assert not Question.objects.exists()


def test_a_question_is_made_from_closed_cases_by_their_head(closed: Case, staff: Staff) -> None:
    head = client_of(staff.kabid)
    assert publish(head, case_at(State.HELD, staff)) == 422
    for name in ("kadis", "pkd", "petugas"):
        assert publish(client_of(getattr(staff, name)), closed) == 403
    initial = head.get(f"/tanya-jawab/kelola/baru/?kasus={closed.code}").context["form"].initial
    assert initial == {"question": CARD["subject"], "cases": closed.code}
    assert publish(head, closed) == 302
    question = Question.objects.get()
    assert client_of(staff.other_kabid).get(f"/tanya-jawab/kelola/{question.pk}/").status_code == 404
    own = f"/tanya-jawab/kelola/{question.pk}/"
    assert head.get(own).context["form"].initial["cases"] == closed.code
    assert QUESTION["question"] in head.get("/tanya-jawab/kelola/").text
    home = Client().get("/").text
    assert [text in home for text in (QUESTION["question"], QUESTION["answer"])] == [True, True]
    public = Client().get("/tanya-jawab/?q=kartu").text
    assert QUESTION["answer"] in public
    assert closed.code not in public
    assert QUESTION["answer"] not in Client().get("/tanya-jawab/?q=lansia").text
    appoint(staff.other_kabid, Role.DIVISION_HEAD, staff.division, acting="Plh.")
    assert client_of(staff.other_kabid).post(own, {"tarik": "1"}).status_code == 302
    assert QUESTION["answer"] not in Client().get("/tanya-jawab/").text
    assert publish(client_of(staff.other_kabid), closed) == 302
    assert Question.objects.latest("pk").division == staff.division
    assert Client().post(f"/tanya-jawab/{question.pk}/membantu/").status_code == 404


OTHER = "Bagaimana mendirikan BUM Desa di kantor desa, dan bolehkah memakai kartu keluarga?"
"""A matter that has words in common with the answer, but asks about something else."""


def test_the_nearest_questions_are_shown_before_a_request_is_sent(closed: Case, staff: Staff) -> None:
    publish(client_of(staff.kabid), closed)
    question, visitor = Question.objects.get(), Client()
    for matter, is_near in (
        ("Kartu BPJS saya mati", True),
        ("Kartu saya hilang", False),
        ("\0", False),
        (OTHER, False),
    ):
        near = visitor.post("/tanya-jawab/terdekat/", {"material": matter}).text
        assert (QUESTION["question"] in near) == is_near
    typed = submitting.typed(material=CARD["material"])
    check = visitor.post("/ajukan/", typed).headers["Location"]
    assert "Mungkin sudah terjawab" in visitor.get(check).text
    assert "data-nearest" in visitor.get("/ajukan/").text
    assert visitor.post(f"/tanya-jawab/{question.pk}/membantu/", follow=True).status_code == 200
    question.refresh_from_db()
    assert question.helped == 1
    submitting.send(visitor, "/ajukan/", typed)
    assert Case.objects.filter(material=CARD["material"], state=State.SUBMITTED).exists()
