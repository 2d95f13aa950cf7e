"""The letter to the citizen: drafted, signed, read on the page; then a further question, and its dates."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from consultations.enums import State
from consultations.models import Case
from consultations.scheduling.whose_work import waiting_for
from documents.models import Document
from kit import clock
from kit.refusal import Refused
from notices.models import Message
from notices.services.delivery import mark_as_sent
from office.models import Office
from reports import enquiries
from reports.models import FollowUp
from tests.case_page import read_all
from tests.factories import ClientOf, Staff, afresh, applicant, case_at, sign_papers
from tests.journeys.actor import Actor

PROMISE = "Surat hasilnya sedang diperiksa dan ditandatangani."
GIST = "Tujuh belas keluarga dapat diusulkan lagi."

ASKED = ("Anda dapat bertanya lagi tentang jawaban ini", "Isi survei kepuasan")


def page(case: Case) -> str:
    return Client().get(f"/p/{case.secret}/").text


def test_the_citizen_reads_the_letter_after_the_signature(staff: Staff, petugas: Actor, kabid: Actor) -> None:
    case = case_at(State.CLOSED, staff)
    letter = Document.objects.get(case=case, kind=Document.Kind.RESULT)
    address = f"/tanda-tangan/{letter.pk}/"
    assert f'data-paper="{letter.pk}"' in petugas.client.get("/tanda-tangan/").text
    assert "Usulkan melalui musyawarah desa." in petugas.client.get(address).text
    refused = petugas.client.post(f"{address}submit/", {"text": ""})
    assert "Tulis isi suratnya." in refused.text
    petugas.client.post(f"{address}submit/", {"text": f"{GIST}\n\nSaran:\n1. Bawa KTP."})
    kabid.client.post(f"{address}initial/", {"note": ""})
    letter.refresh_from_db()
    assert letter.state == Document.State.SIGNATURE
    before = page(case)
    assert PROMISE in before
    assert GIST not in before
    early = [words in before for words in ASKED]
    assert early == [False, False], "there is no answer yet to ask about"
    assert Client().get(f"/p/{case.secret}/surat-hasil.pdf").status_code == 404
    told = case.notices.filter(kind="RESULT_READY", recipient=None)
    assert not told.exists()
    sign_papers(case, staff)
    assert told.count() == 1
    after = page(case)
    assert PROMISE not in after
    assert all(words in after for words in ASKED)
    assert f"{GIST}</p>" in after
    assert "belum dikonfirmasi penanda tangan" in after, "the letter was signed by hand and scanned"
    assert "<h3>Saran:</h3>" in after
    assert "<li>Bawa KTP.</li>" in after
    assert Client().get(f"/p/{case.secret}/surat-hasil.pdf").status_code == 200


def test_the_report_stays_internal_unless_the_office_shares_it(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    assert "/laporan.pdf" not in page(case)
    assert Client().get(f"/p/{case.secret}/laporan.pdf").status_code == 404
    assert "Laporan Hasil Konsultasi" not in Client().get(f"/p/{case.secret}/data-saya/").text
    assert ASKED[0] not in page(case)
    Office.objects.update(shares_report=True)
    assert "/laporan.pdf" in page(case)
    assert ASKED[0] in page(case), "the report is the answer"
    assert Client().get(f"/p/{case.secret}/laporan.pdf").status_code == 200


def test_a_case_from_before_the_letters_keeps_its_report(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    Document.objects.filter(case=case, kind=Document.Kind.RESULT).delete()
    assert "/laporan.pdf" in page(case)
    assert PROMISE not in page(case)


QUESTION, ANSWER = "Ke kantor mana KTP dibawa?", "Ke kantor camat, tanpa biaya."


def test_the_citizen_asks_again_and_both_sides_read_both_texts(staff: Staff, petugas: Actor) -> None:
    case, citizen = case_at(State.CLOSED, staff), Actor(Client())
    sign_papers(case, staff)
    address = f"/p/{case.secret}/ask_again/"
    citizen.send(citizen.form(address, "ask_again"), question=QUESTION)
    assert QUESTION in page(case)
    assert "Menunggu jawaban petugas." in page(case)
    assert citizen.client.get(address).status_code == 409, "one question at a time"
    desk = petugas.client.get("/meja/").text
    assert "Pemohon bertanya lagi" in desk
    assert f"/permohonan/{case.code}/answer_again/" in desk
    assert QUESTION in read_all(petugas.client, case)
    petugas.take("answer_again", case, answer=ANSWER)
    for shown in (page(case), read_all(petugas.client, case)):
        assert shown.index(QUESTION) < shown.index(ANSWER)
    assert afresh(case).state == State.CLOSED
    assert not waiting_for(afresh(staff.petugas)).exists()
    assert 'data-verb="ask_again"' in page(case), "until the last day"
    shown = citizen.client.get(f"/p/{case.secret}/data-saya/").text
    assert QUESTION in shown
    assert ANSWER in shown


def test_the_page_says_the_last_day_to_ask_and_then_offers_a_new_request(staff: Staff) -> None:
    Office.objects.update(ask_again_days=3)
    with clock.set_to(dt.datetime(2026, 12, 30, 3, tzinfo=dt.UTC)):
        case = case_at(State.CLOSED, staff)
        assert case.ask_until == dt.date(2027, 1, 2)
    with clock.set_to(dt.datetime(2026, 12, 31, 3, tzinfo=dt.UTC)):
        sign_papers(case, staff)
        assert "sampai <strong>Minggu, 3 Januari 2027</strong>" in page(case), "counted from the letter"
    with clock.set_to(dt.datetime(2027, 1, 3, 16, 59, tzinfo=dt.UTC)):
        assert 'data-verb="ask_again"' in page(case)
    with clock.set_to(dt.datetime(2027, 1, 3, 17, 1, tzinfo=dt.UTC)):
        after = page(case)
        assert 'data-verb="ask_again"' not in after
        assert "Waktu untuk bertanya lagi berakhir Minggu, 3 Januari 2027." in after
        assert 'href="/ajukan/"' in after
        with pytest.raises(Refused, match="sudah lewat"):
            enquiries.ask_again(afresh(case), by=applicant(case), question=QUESTION)


def test_the_head_of_the_division_answers_for_an_officer_who_left(staff: Staff, kabid: Actor) -> None:
    case = case_at(State.CLOSED, staff)
    enquiries.ask_again(case, by=applicant(case), question=QUESTION)
    assert not waiting_for(afresh(staff.kabid)).exists()
    staff.petugas.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    assert list(waiting_for(afresh(staff.kabid))) == [case]
    kabid.take("answer_for", case, answer=ANSWER)
    assert ANSWER in page(case)


def dates_of(case: Case) -> Any:
    return Client().get(f"/p/{case.secret}/tanggal-surat.ics")


def test_the_dates_of_the_letter_go_into_the_calendar(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    assert dates_of(case).status_code == 404, "no letter yet"
    sign_papers(case, staff)
    due = clock.today() + dt.timedelta(days=5)
    FollowUp.objects.filter(case=case).update(due=due, responsible="Kepala Desa Contoh")
    assert f"/p/{case.secret}/tanggal-surat.ics" in page(case)
    events = Calendar.from_ical(dates_of(case).content).walk("VEVENT")
    last = clock.today() + dt.timedelta(days=14)
    assert [event.decoded("dtstart") for event in events] == [due, last]
    assert [str(event["summary"]) for event in events] == [
        f"Batas waktu rekomendasi ke-1, {case.code}",
        f"Hari terakhir untuk bertanya lagi, {case.code}",
    ]
    FollowUp.objects.filter(case=case).update(responsible="Petugas Dinas Contoh")
    (event,) = Calendar.from_ical(dates_of(case).content).walk("VEVENT")
    assert event.decoded("dtstart") == last, "the office does the rest itself"


def test_the_signed_letter_replaces_the_message_that_announces_it(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.CLOSED, staff)
    waiting = Message.objects.filter(notice__case=case, status="WAITING", notice__recipient=None)
    of_result = waiting.filter(notice__kind__in=("CLOSED", "RESULT_READY"))
    assert of_result.get().notice.kind == "CLOSED"
    sign_papers(case, staff)
    assert of_result.get().notice.kind == "RESULT_READY"
    announced = Message.objects.get(notice__case=case, notice__kind="CLOSED")
    assert (announced.status, announced.reason) == (
        "CANCELLED",
        "Tidak berlaku lagi: surat hasil sudah ditandatangani",
    )
    queue = client_of(staff.sekretariat).get("/pesan/").text
    assert ("bila surat hasilnya siap" in queue, "isi juga survei" in queue) == (False, True)


def test_a_message_that_was_sent_stays_sent(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    mark_as_sent(Message.objects.get(notice__kind="CLOSED"), by=staff.sekretariat)
    sign_papers(case, staff)
    assert Message.objects.get(notice__kind="CLOSED").status == "SENT"
