"""Opinions of other agencies: how they are asked, answered and reminded, and where they are read."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client

from consultations.enums import State
from consultations.intake import services as intake_services
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from dispositions import services as dispositions_services
from dispositions.forms.preparation import in_working_days
from dispositions.models import Opinion
from documents.models import Document
from kit import clock
from kit.refusal import Refused
from office.models import ClosedDay, OpeningHours
from tests.case_page import read_all
from tests.factories import CHECKLIST, REVIEW, Staff, applicant, case_at, client_of, come_due
from tests.pages.test_steps import address
from tests.submitting import assert_says, pdf, upload

DESK_QUERIES, CASE_QUERIES = 10, 18


def ask(case: Case, staff: Staff, **details: Any) -> Opinion:
    """Another agency is asked; by default it is to answer in a week and can be reached both ways."""
    asked = {
        "agency": "Dinas Pendidikan Contoh",
        "question": "Adakah beasiswa bagi warga ini?",
        "due": clock.today() + dt.timedelta(days=7),
        "phone": "+6281200000901",
        "email": "dinas@contoh.go.id",
    }
    dispositions_services.ask_opinion(case, by=staff.petugas, **{**asked, **details})
    return Opinion.objects.latest("pk")


def record(case: Case, staff: Staff, opinion: Opinion, **details: Any) -> None:
    given = {"answer": "Ada, mulai Januari.", "answered_on": clock.today(), **details}
    dispositions_services.record_opinion(case, by=staff.petugas, opinion=opinion, **given)


def let_it_be_late(opinion: Opinion) -> None:
    then = clock.now() - dt.timedelta(days=5)
    Opinion.objects.filter(pk=opinion.pk).update(asked_at=then, due=clock.today() - dt.timedelta(days=1))


def typed(**changes: Any) -> dict[str, Any]:
    return {"answer": "Ada, mulai Januari.", "answered_on": clock.today().isoformat(), **changes}


def test_a_week_of_working_days_is_suggested(staff: Staff) -> None:
    friday = dt.datetime(2026, 9, 4, 3, tzinfo=dt.UTC)
    with clock.set_to(friday):
        assert in_working_days(5) == dt.date(2026, 9, 11)
        ClosedDay.objects.create(day=dt.date(2026, 9, 9))
        assert in_working_days(5) == dt.date(2026, 9, 14)
        OpeningHours.objects.all().delete()
        assert in_working_days(5) == dt.date(2026, 9, 11)
    case = case_at(State.ASSIGNED, staff)
    form = client_of(staff.petugas).get(address(case, "ask_opinion")).context["form"]
    assert form["due"].value() > clock.today()


def test_a_question_is_asked_and_shown_on_the_case(staff: Staff) -> None:
    case, client = case_at(State.ASSIGNED, staff), client_of(staff.petugas)
    question = {"agency": "Dinas Kesehatan Contoh", "question": "Apakah ada jaminan?\r\nMohon datanya."}
    data = {**question, "due": clock.today().strftime("%d-%m-%Y"), "phone": "0812-0000-0901", "email": ""}
    assert client.post(address(case, "ask_opinion"), data).status_code == 302
    opinion = Opinion.objects.get()
    assert (opinion.due, str(opinion.phone)) == (clock.today(), "+6281200000901")
    assert Case.objects.get(pk=case.pk).opinions_awaited == 1
    page = read_all(client, case)
    assert "Dinas Kesehatan Contoh" in page
    assert "Apakah ada jaminan?\nMohon datanya." in page
    assert f'href="{address(case, "record_opinion")}?opinion={opinion.pk}"' in page
    assert page.count(f"/naskah/{case.documents.get(kind='OPINION_REQUEST').pk}.pdf") == 2
    for other in (staff.kabid, staff.companion):
        other_page = read_all(client_of(other), case)
        assert "Apakah ada jaminan?" in other_page
        assert "?opinion=" not in other_page
    case.refresh_from_db()
    for _ in range(9):
        ask(case, staff)
    answer = client.post(address(case, "ask_opinion"), {**data, "agency": "Dinas lain"})
    assert_says(answer, 409, "Sudah ada 10 pendapat yang ditunggu.", "Dinas lain")
    assert Opinion.objects.count() == 10


def test_the_answer_is_recorded_with_its_letter(staff: Staff) -> None:
    case, client, letter = case_at(State.ASSIGNED, staff), client_of(staff.petugas), pdf()
    first, second = ask(case, staff), ask(case, staff, agency="Biro Hukum Contoh")
    data = typed(opinion=second.pk, letter_number="180/7/2026", file=upload("jawaban.pdf", letter))
    assert client.post(address(case, "record_opinion"), data).status_code == 302
    second.refresh_from_db()
    assert second.answer == "Ada, mulai Januari."
    assert second.letter
    page, file = read_all(client, case), f"/berkas/{second.letter.pk}/"
    assert "180/7/2026" in page
    assert page.count(f'href="{file}"') == 2
    assert Case.objects.get(pk=case.pk).opinions_awaited == 1
    assert Opinion.objects.get(recorded_at=None) == first
    assert client.get(file).getvalue() == letter
    assert Client().get(f"/p/{case.secret}{file}").status_code == 404


def test_the_only_one_is_preselected_and_the_address_can_name_one(staff: Staff) -> None:
    case, client = case_at(State.ASSIGNED, staff), client_of(staff.petugas)
    page = address(case, "record_opinion")
    assert client.get(page).status_code == 409
    only = ask(case, staff)
    assert client.get(page).context["form"]["opinion"].value() == only.pk
    other = ask(case, staff)
    assert client.get(page).context["form"]["opinion"].value() is None
    assert_says(client.get(f"{page}?opinion={other.pk}"), 200, f'<option value="{other.pk}" selected>')
    for forged in ("x", "0", "9" * 40, "%00", ""):
        answer = client.get(f"{page}?opinion={forged}")
        assert answer.status_code == 200
        assert " selected>Dinas" not in answer.text


def test_an_agency_is_reminded_with_a_letter(staff: Staff) -> None:
    case, client = case_at(State.ASSIGNED, staff), client_of(staff.petugas)
    answered, awaited, again = ask(case, staff), ask(case, staff), ask(case, staff)
    record(case, staff, answered)
    for opinion in (awaited, again):
        data = {"opinion": opinion.pk, "due": (clock.today() + dt.timedelta(days=3)).isoformat()}
        assert client.post(address(case, "remind_agency"), data).status_code == 302
    letters = Document.objects.in_force().filter(case=case, kind=Document.Kind.OPINION_REMINDER)
    assert {letter.source_pk for letter in letters} == {again.reminders.get().pk, awaited.reminders.get().pk}
    page = read_all(client, case)
    assert all(page.count(f"/naskah/{letter.pk}.pdf") == 2 for letter in letters)
    case.refresh_from_db()
    for opinion, day in ((answered, clock.today()), (awaited, clock.today() - dt.timedelta(days=1))):
        with pytest.raises(Refused):
            dispositions_services.remind_agency(case, by=staff.petugas, opinion=opinion, due=day)


def test_an_opinion_of_another_case_or_answered_is_no_choice(staff: Staff) -> None:
    case, client = case_at(State.ASSIGNED, staff), client_of(staff.petugas)
    answered, awaited = ask(case, staff), ask(case, staff)
    foreign = ask(case_at(State.ASSIGNED, staff), staff)
    assert client.post(address(case, "record_opinion"), typed(opinion=answered.pk)).status_code == 302
    for forged in (answered.pk, foreign.pk, "", "x", 10**40):
        answer = client.post(address(case, "record_opinion"), typed(opinion=forged))
        assert_says(answer, 422, 'id="error_1_id_opinion"')
    for days in (1, -1, -9_000):
        with pytest.raises(Refused):
            record(case, staff, awaited, answered_on=clock.today() + dt.timedelta(days))
    assert Opinion.objects.filter(recorded_at=None).count() == 2


UNUSABLE: list[tuple[str, str, tuple[Any, ...]]] = [
    *(("ask_opinion", "agency", ("",)), ("ask_opinion", "question", (" \r\n ",))),
    *(("ask_opinion", "due", ("", "2020-01-01")), ("ask_opinion", "phone", ("12",))),
    *(("ask_opinion", "email", ("dinas",)), ("record_opinion", "answer", ("",))),
    ("record_opinion", "answered_on", ("kemarin", "2099-01-01", "2020-01-01")),
    *(("record_opinion", "letter_number", ("9" * 101,)), ("record_opinion", "file", (b"MZ",))),
]


def test_an_error_in_a_question_or_an_answer_is_shown_beside_the_field(staff: Staff) -> None:
    case, client = case_at(State.ASSIGNED, staff), client_of(staff.petugas)
    good = {
        "ask_opinion": {"agency": "Dinas", "question": "Apa?", "due": clock.today().isoformat()},
        "record_opinion": typed(opinion=ask(case, staff).pk),
    }
    for verb, field, values in UNUSABLE:
        for value in values:
            sent = upload("surat.pdf", value) if isinstance(value, bytes) else value
            answer = client.post(address(case, verb), {**good[verb], field: sent})
            assert (answer.status_code, [*answer.context["form"].errors]) == (422, [field]), (field, value)
            assert f'id="error_1_id_{field}"' in answer.text
    assert Opinion.objects.get().recorded_at is None


def test_the_preparation_shows_what_is_awaited_and_answered(staff: Staff) -> None:
    case, client = case_at(State.ASSIGNED, staff), client_of(staff.petugas)
    assert "Pendapat" not in client.get(address(case, "prepare")).text
    record(case, staff, ask(case, staff))
    let_it_be_late(ask(case, staff, agency="Biro Hukum Contoh"))
    page = client.get(address(case, "prepare")).text
    assert "Pendapat yang masih ditunggu: Biro Hukum Contoh." in page
    assert "Ada, mulai Januari." in page
    assert page.count("Lewat batas waktu") == 1


def links(client: Client) -> list[str]:
    """The reminders on the desk."""
    parts = client.get("/meja/").text.replace("&amp;", "&").split('href="')[1:]
    hrefs = [part.split('"')[0] for part in parts]
    return [href for href in hrefs if href.startswith(("https://wa.me/", "mailto:"))]


def test_an_agency_is_reminded_without_a_word_on_the_case(staff: Staff) -> None:
    case, client = case_at(State.ASSIGNED, staff), client_of(staff.petugas)
    opinion = ask(case, staff, email="dinas&bagian?x@contoh.go.id")
    whatsapp, mail = links(client)
    assert whatsapp.startswith("https://wa.me/6281200000901?text=")
    assert urlsplit(mail).path == "dinas%26bagian%3Fx@contoh.go.id"
    query = parse_qs(urlsplit(mail).query)
    text = unquote(whatsapp.partition("?text=")[2])
    assert query["body"] == [text]
    assert str(case.agenda) in text
    assert str(case.agenda) in query["subject"][0]
    assert "Dinas Contoh" in text
    for secret in (case.subject, case.applicant_name, case.code, case.secret, opinion.question):
        assert secret not in text
    for phone, email, known in (
        ("+62717422222", opinion.email, [mail]),  # a landline
        (opinion.phone, "", [whatsapp]),
        ("", "", []),
    ):
        Opinion.objects.update(phone=phone, email=email)
        assert links(client) == known


def test_the_desk_shows_the_officers_own_until_they_are_recorded(staff: Staff) -> None:
    late, awaited = case_at(State.ASSIGNED, staff), case_at(State.SCHEDULED, staff)
    ended, running = case_at(State.ASSIGNED, staff), case_at(State.SCHEDULED, staff)
    for case in (awaited, late, ended, running):
        opinion = ask(case, staff, agency=f"Dinas {case.code}")
    let_it_be_late(Opinion.objects.get(case=late))
    intake_services.withdraw(ended, by=applicant(ended), reason="Sudah selesai.")
    dispositions_services.amend(running, by=staff.petugas, review=REVIEW, **CHECKLIST)
    scheduling_services.start(come_due(running), by=staff.petugas)
    desk = client_of(staff.petugas).get("/meja/").text
    panel = desk.split('id="pendapat"')[1].split("</section>")[0]
    assert panel.index(f"Dinas {late.code}") < panel.index(f"Dinas {awaited.code}")
    assert panel.count("data-case=") == 2
    assert panel.count("Lewat batas waktu") == 1
    assert f"?opinion={opinion.pk}" not in panel
    for other in (staff.kabid, staff.companion, staff.other_petugas, staff.kadis):
        assert 'id="pendapat"' not in client_of(other).get("/meja/").text


def test_opinions_cost_no_more(staff: Staff, at_most_queries: Any) -> None:
    case, client = case_at(State.ASSIGNED, staff), client_of(staff.petugas)
    for _ in range(30):
        record(case, staff, ask(case, staff))
    for _ in range(10):
        ask(case, staff)
    with at_most_queries(DESK_QUERIES):
        desk = client.get("/meja/").text
    assert len(desk.split("?opinion=")) == 21
    with at_most_queries(CASE_QUERIES):
        page = client.get(f"/permohonan/{case.code}/?buka=persiapan").text
    assert page.count("data-opinion=") == 40
