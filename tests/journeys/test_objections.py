"""A refusal has a way back: the objection (Keberatan, UU 30/2014), granted, rejected, or decided above."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from consultations.enums import Identity, Kind, State
from consultations.models import Attachment, Case
from consultations.scheduling.whose_work import waiting_for
from dispositions import objections
from documents.models import Document, Register
from documents.registers.book import book_context
from kit import clock
from kit.records import leave_entry
from kit.refusal import Refused
from notices.models import Notice
from office.models import Office
from tests.factories import Staff, afresh, applicant as applicant_of, case_at, sign_papers
from tests.journeys.actor import Actor
from tests.print.documents import words_of
from tests.record.conftest import list_findings
from tests.submitting import pdf

K = Document.Kind
REASON, GROUNDS = "Kabupaten menyatakan ini tugas dinas.", "Surat kabupaten benar adanya."


def page(case: Case) -> str:
    return Client().get(f"/p/{case.secret}/").text


def in_force(case: Case, kind: str) -> Document | None:
    return Document.objects.in_force().filter(case=case, kind=kind).first()


def outcomes(staff: Staff) -> list[str]:
    """Return the results in this month's register of objections."""
    month = {"since": clock.today().replace(day=1), "until": clock.today(), "at": clock.now()}
    kind = Register.Kind.OBJECTIONS
    register = Register.objects.create(kind=kind, by=staff.pkd, title="Tim PKD", **month)
    return [row.cells[-1].text for row in book_context(register, register)["table"].rows]


def assert_untouched() -> None:
    assert list_findings() == []


def test_a_granted_objection_reopens_the_case_with_its_number_and_history(
    staff: Staff, kadis: Actor, applicant: Actor
) -> None:
    case = case_at(State.DECLINED, staff)
    number, refusal = case.agenda, in_force(case, K.REJECTION)
    assert "Ajukan keberatan di sini sampai" in page(case)
    text = applicant.take_as_applicant("object", case, reason=REASON)
    assert "Keberatan Anda sudah kami terima." in text
    assert REASON in text
    receipt = in_force(case, K.OBJECTION_RECEIPT)
    assert receipt
    assert receipt.issuer == "Layanan daring Dinas Contoh"
    assert REASON in words_of("tanda-terima-keberatan", case)
    assert list(waiting_for(afresh(staff.kadis))) == [case]
    assert "decide_objection" in kadis.client.get("/meja/").text
    assert Notice.objects.get(recipient=staff.kadis, kind="OBJECTION", superseded_at=None)

    kadis.take("decide_objection", case, is_granted="true", decision=GROUNDS)
    case.refresh_from_db()
    assert (case.state, case.agenda, case.end_reason) == (State.REGISTERED, number, "")
    assert [event.verb for event in case.history.order_by("pk")][-3:] == [
        *("decline", "object", "decide_objection"),
    ]
    assert in_force(case, K.REJECTION) is None
    assert refusal
    assert "dispose" in kadis.offered(case)
    assert GROUNDS in page(case)
    sign_papers(case, staff)
    letter = words_of("keputusan-keberatan", case)
    assert "DIKABULKAN" in letter
    assert "Pengadilan Tata Usaha Negara" not in letter
    assert_untouched()


def test_a_rejected_objection_confirms_the_refusal_and_names_the_next_way(
    staff: Staff, kadis: Actor, applicant: Actor
) -> None:
    case = case_at(State.DECLINED, staff)
    applicant.take_as_applicant("object", case, reason=REASON)
    kadis.take("decide_objection", case, is_granted="false", decision="Wewenang kabupaten.")
    case.refresh_from_db()
    assert (case.state, case.end_reason) == (State.DECLINED, "Bukan kewenangan dinas.")
    assert in_force(case, K.REJECTION)
    sign_papers(case, staff)
    for shown in (page(case), words_of("keputusan-keberatan", case)):
        assert "Wewenang kabupaten." in shown
        assert "Pengadilan Tata Usaha Negara" in shown
        assert "Ombudsman" in shown
    assert 'data-verb="object"' not in page(case), "once"
    assert not waiting_for(afresh(staff.kadis)).exists()
    assert Notice.objects.filter(recipient=None, case=case, kind="OBJECTION_DONE").exists()
    assert outcomes(staff) == ["Ditolak"]
    assert REASON in applicant.client.get(f"/p/{case.secret}/data-saya/").text
    assert_untouched()


def test_the_secretariat_records_an_objection_by_letter_and_the_decision_of_a_superior(
    staff: Staff, sekretariat: Actor, kadis: Actor
) -> None:
    Office.objects.update(objection_authority="Sekretaris Daerah")
    leave_entry(Office.objects.get())
    case = case_at(State.DECLINED, staff)
    sekretariat.take("object_for", case, reason=REASON)
    assert list(waiting_for(afresh(staff.sekretariat))) == [case]
    assert not waiting_for(afresh(staff.kadis)).exists()
    assert "decide_objection" not in kadis.offered(case)
    assert "Menunggu Sekretaris Daerah" in page(case)
    assert "Sekretaris Daerah, paling lambat" in words_of("tanda-terima-keberatan", case)
    scan = SimpleUploadedFile("keputusan.pdf", pdf(), "application/pdf")
    decided = {"decision_number": "180/77/SETDA", "decision_date": f"{clock.today()}", "scan": scan}
    sekretariat.take("record_objection", case, is_granted="true", decision=GROUNDS, **decided)
    case.refresh_from_db()
    assert case.state == State.REGISTERED
    assert "dispose" in kadis.offered(case)
    assert "oleh Sekretaris Daerah dengan keputusan Nomor 180/77/SETDA" in words_of(
        "keputusan-keberatan", case
    )
    assert case.attachments.get(purpose=Attachment.Purpose.DECISION)
    assert outcomes(staff) == ["Dikabulkan, 180/77/SETDA"]
    assert_untouched()


def test_the_limits_are_working_days_and_begin_again_with_the_signed_letter(staff: Staff) -> None:
    """24 and 25 December and 5 January are closed. Monday 30 November is the first day after the refusal."""
    with clock.set_to(dt.datetime(2026, 11, 27, 3, tzinfo=dt.UTC)):
        case = case_at(State.DECLINED, staff)
        assert case.object_until == dt.date(2026, 12, 30)
    with clock.set_to(dt.datetime(2026, 11, 30, 3, tzinfo=dt.UTC)):
        sign_papers(case, staff)
        case.refresh_from_db()
        assert case.object_until == dt.date(2026, 12, 31)
    with clock.set_to(dt.datetime(2026, 12, 31, 16, 59, tzinfo=dt.UTC)):
        assert 'data-verb="object"' in page(case)
    with clock.set_to(dt.datetime(2026, 12, 31, 17, 1, tzinfo=dt.UTC)):
        assert "Waktu mengajukan keberatan berakhir Kamis, 31 Desember 2026." in page(case)
        assert "Ombudsman Republik Indonesia" in page(case)
        with pytest.raises(Refused, match="sudah lewat"):
            objections.file_objection(case, by=applicant_of(case), reason=REASON)
        with pytest.raises(Refused, match="sudah lewat"):
            objections.file_objection_for(case, by=staff.sekretariat, reason=REASON)
        came = dt.datetime(2026, 12, 31, 8, tzinfo=dt.UTC)
        objections.file_objection_for(case, by=staff.sekretariat, reason=REASON, received_at=came)
        assert case.objection_due == dt.date(2027, 1, 18)


def test_nobody_may_have_the_data_deleted_while_the_objection_waits(staff: Staff, applicant: Actor) -> None:
    case = case_at(State.DECLINED, staff)
    applicant.take_as_applicant("object", case, reason=REASON)
    assert applicant.client.get(f"/p/{case.secret}/ask_deletion/").status_code == 409


def test_a_hidden_complainant_objects_and_stays_hidden(staff: Staff, applicant: Actor) -> None:
    case = case_at(State.DECLINED, staff, kind=Kind.COMPLAINT, identity=Identity.CONFIDENTIAL)
    due = case.answer_due
    applicant.take_as_applicant("object", case, reason=REASON)
    assert "Siti Contoh" not in words_of("tanda-terima-keberatan", case)
    with clock.set_to(clock.now() + dt.timedelta(days=3)):
        objections.decide_objection(afresh(case), by=staff.kadis, is_granted=True, decision=GROUNDS)
    case.refresh_from_db()
    assert case.state == State.REGISTERED
    assert case.follow_up_due
    assert case.due_at
    assert due is None or case.answer_due is None or case.answer_due > due
    assert "Siti Contoh" not in words_of("keputusan-keberatan", case)


def test_a_complaint_about_the_only_head_is_decided_outside(staff: Staff) -> None:
    case = case_at(State.DECLINED, staff, kind=Kind.COMPLAINT)
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kadis)
    case.refresh_from_db()
    objections.file_objection(case, by=applicant_of(case), reason=REASON)
    assert case.objection_above
    assert case.objections.get().authority == "Sekretaris Daerah atau Inspektorat Daerah"
