"""A request of the wrong kind is converted, and two matters in one request become two cases."""

from typing import Any

import pytest
from django.test import Client

from consultations import services as consultations_services
from consultations.enums import ComplaintKind, Identity, Kind, State
from consultations.identity import reveal_identity
from consultations.intake import services as intake_services, sorting
from consultations.intake.uploads import CheckedFile
from consultations.models import Case, HiddenIdentity
from consultations.queries import list_repeats
from consultations.scheduling.whose_work import waiting_for
from documents.models import Document
from kit.refusal import Refused
from notices.models import Notice
from tests.case_page import read_all
from tests.factories import DETAILS, Staff, afresh, case_at, client_of
from tests.journeys.actor import Actor
from tests.print.documents import words_of
from tests.record.conftest import list_findings
from tests.shared_data import each
from tests.submitting import pdf

REASON = "Menyangkut pungutan di loket."


def page(case: Case) -> str:
    return Client().get(f"/p/{case.secret}/").text


def assert_untouched() -> None:
    assert list_findings() == []


def test_a_consultation_becomes_a_complaint_and_keeps_code_number_and_history(
    staff: Staff, pkd: Actor
) -> None:
    case = case_at(State.DISPOSED, staff)
    code, number, secret = case.code, case.agenda, case.secret
    chosen = {"complaint_kind": "SUPERVISION", "complained_about": staff.petugas.pk, "reason": REASON}
    pkd.take("to_complaint", case, **chosen)
    case.refresh_from_db()
    assert (case.kind, case.code, case.agenda, case.secret) == (Kind.COMPLAINT, code, number, secret)
    assert (case.state, case.complaint_kind) == (State.DISPOSED, ComplaintKind.SUPERVISION)
    assert case.follow_up_due
    assert case.answer_due
    assert case.due_at
    assert [event.verb for event in case.history.order_by("pk")][-2:] == ["dispose", "to_complaint"]
    assert case not in Case.objects.visible_to(afresh(staff.petugas))
    for words in ("ditangani sebagai pengaduan", REASON):
        assert words in page(case)
    assert Notice.objects.filter(case=case, recipient=None, kind="CONVERTED").exists()
    receipts = Document.objects.in_force().filter(case=case, kind=Document.Kind.RECEIPT)
    assert receipts.get().version == 2
    assert "TANDA TERIMA PENGADUAN" in words_of("tanda-terima", case).upper()
    assert Case.objects.count() == 1
    assert_untouched()


def test_without_a_number_the_agenda_asks_for_the_rest(staff: Staff, pkd: Actor) -> None:
    case = case_at(State.SUBMITTED, staff)
    assert case not in waiting_for(afresh(staff.kadis))
    pkd.take("to_complaint", case, reason=REASON)
    case.refresh_from_db()
    assert (case.kind, case.complaint_kind) == (Kind.COMPLAINT, "")
    assert case not in Case.objects.visible_to(afresh(staff.kadis)), "it may be about anybody"
    pkd.take("register", case, classification="400.9", complaint_kind="ASPIRATION")
    case.refresh_from_db()
    assert case.answer_due
    assert_untouched()


def test_a_complaint_becomes_a_consultation_unless_it_protects_somebody(staff: Staff, pkd: Actor) -> None:
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    consultations_services.register(
        case, by=staff.pkd, classification="400.9", complaint_kind=ComplaintKind.ASPIRATION
    )
    pkd.take("to_consultation", case, reason="Hanya bertanya.")
    case.refresh_from_db()
    days = (case.complaint_kind, case.follow_up_due, case.answer_due)
    assert (case.kind, case.state, days) == (Kind.CONSULTATION, State.REGISTERED, ("", None, None))
    assert "ditangani sebagai konsultasi" in page(case)
    for protected in (
        {"identity": Identity.CONFIDENTIAL},
        {"identity": Identity.ANONYMOUS},
        {"complained_party": "Petugas loket"},
    ):
        hidden = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT, **protected)
        assert "to_consultation" not in pkd.offered(hidden)
        with pytest.raises(Refused):
            sorting.to_consultation(hidden, by=staff.pkd, reason="Hanya bertanya.")
    assert_untouched()


def test_nobody_is_complained_about_who_alone_could_continue(staff: Staff) -> None:
    case = case_at(State.DISPOSED, staff)
    with pytest.raises(Refused, match="menerima disposisi"):
        sorting.to_complaint(
            case, by=staff.pkd, reason=REASON, complaint_kind="ASPIRATION", complained_about=staff.kabid
        )
    with pytest.raises(Refused, match="klasifikasi"):
        sorting.to_complaint(case, by=staff.pkd, reason=REASON)
    assert afresh(case).kind == Kind.CONSULTATION


SECOND = {"subject": "Kartu yang hilang", "material": "Bagaimana menggantinya?", "reason": "Dua urusan."}


def test_two_matters_become_two_cases_that_know_each_other(staff: Staff, pkd: Actor) -> None:
    letter = CheckedFile(pdf(), "application/pdf", "surat.pdf")
    case = intake_services.submit(**DETAILS, letter=letter)
    consultations_services.register(case, by=staff.pkd, classification="400.9")
    pkd.take("split", case, kind="CONSULTATION", **SECOND)
    case.refresh_from_db()
    second = case.split_off.get()
    assert (case.state, second.state) == (State.REGISTERED, State.SUBMITTED)
    assert second.code != case.code
    assert second.secret != case.secret
    assert (second.applicant_name, second.phone) == (case.applicant_name, case.phone)
    assert second.submitted_at == case.submitted_at
    assert [file.sha256 for file in second.attachments.all()] == [
        file.sha256 for file in case.attachments.all()
    ]
    assert [event.verb for event in case.history.order_by("pk")] == ["submit", "register", "split"]
    assert [event.verb for event in second.history.all()] == ["split_off"]
    for one, other in ((case, second), (second, case)):
        assert not [event for event in one.history.all() if other.code in event.note]
        assert f"/p/{other.secret}/" in page(one)
        assert f"/permohonan/{other.code}/" in read_all(pkd.client, one)
    assert Notice.objects.filter(case=second, recipient=None, kind="SPLIT_OFF").exists()
    assert second.code in words_of("tanda-terima", second)
    assert list(waiting_for(afresh(staff.pkd))) == [second]
    pkd.take("register", second, classification="400.9")
    second.refresh_from_db()
    assert case.agenda
    assert second.agenda
    assert second.agenda.number == case.agenda.number + 1
    assert_untouched()


def list_texts(case: Case, other: Case) -> list[str]:
    """Return what of another case stands in the history or the files of a case."""
    told = (other.code, other.subject, other.material, SECOND["reason"])
    notes = [event.note for event in case.history.all()]
    return [words for words in told for note in notes if words in note]


@each(("first", "second"), [("CONSULTATION", "COMPLAINT"), ("COMPLAINT", "CONSULTATION"), ("COMPLAINT",) * 2])
def test_a_split_tells_no_official_of_the_other_case(first: str, second: str, staff: Staff) -> None:
    """Whoever handles one of both may be the official that the other one is about."""
    letter = CheckedFile(pdf(), "application/pdf", "surat.pdf")
    case = intake_services.submit(**{**DETAILS, "kind": first}, letter=letter)
    split_off = sorting.split(case, by=staff.pkd, kind=second, **SECOND)
    assert list_texts(case, split_off) == list_texts(split_off, case) == []
    assert not split_off.attachments.exists()


def test_each_side_of_a_split_shows_the_other_to_whom_may_see_it(staff: Staff, pkd: Actor) -> None:
    case = case_at(State.DISPOSED, staff)
    second = sorting.split(case, by=staff.pkd, kind="COMPLAINT", **SECOND)
    assert second.code in read_all(pkd.client, case)
    for name in ("kadis", "kabid", "sekretariat"):
        text = read_all(client_of(getattr(staff, name)), case)
        assert second.code not in text, name
        assert second.subject not in text, name
    for one, other in ((case, second), (second, case)):
        assert other.secret not in page(one), "whoever prints a receipt would open the other one"


def test_two_matters_that_were_split_are_not_offered_as_one(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    sorting.split(case, by=staff.pkd, **SECOND)
    assert list_repeats([case.pk], staff.pkd)[case.pk] == []
    third = case_at(State.SUBMITTED, staff)
    assert list_repeats([case.pk], staff.pkd)[case.pk] == [third]


def test_a_hidden_complainant_stays_hidden_in_both(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT, identity=Identity.CONFIDENTIAL)
    second = sorting.split(case, by=staff.pkd, **SECOND)
    assert (second.kind, second.identity) == (Kind.COMPLAINT, Identity.CONFIDENTIAL)
    assert second.applicant_name == "Pelapor dirahasiakan"
    assert "Pengaduan ini memuat lebih dari satu urusan" in page(case)
    assert HiddenIdentity.objects.count() == 2
    revealed = reveal_identity(second, by=staff.pkd, reason="Menghubungi", is_not_meant=True)
    assert revealed.name == "Siti Contoh"
    with pytest.raises(Refused, match="tetap pengaduan"):
        sorting.split(case, by=staff.pkd, kind=Kind.CONSULTATION, **SECOND)
    assert Case.objects.count() == 2


def test_the_letter_about_an_official_stays_where_the_official_cannot_read_it(staff: Staff) -> None:
    letter = CheckedFile(pdf(), "application/pdf", "surat.pdf")
    case = intake_services.submit(**DETAILS, kind=Kind.COMPLAINT, letter=letter)
    about: dict[str, Any] = {
        "complaint_kind": ComplaintKind.SUPERVISION,
        "complained_about": staff.sekretariat,
    }
    consultations_services.register(case, by=staff.pkd, classification="400.9", **about)
    for kind in Kind:
        second = sorting.split(case, by=staff.pkd, kind=kind, **SECOND)
        assert not second.attachments.exists()
        assert (second.complained_about is None) == (kind == Kind.CONSULTATION)
    party: dict[str, Any] = {"kind": Kind.COMPLAINT, "complained_party": "Petugas loket"}
    named = intake_services.submit(**DETAILS, letter=letter, **party)
    second = sorting.split(named, by=staff.pkd, kind=Kind.CONSULTATION, **SECOND)
    assert not second.attachments.exists()
    assert second.complained_party == ""
    assert sorting.split(named, by=staff.pkd, **SECOND).complained_party == "Petugas loket"


WAYS_IN = (
    ("FORWARD", {"forwarded_by": "Inspektorat"}),
    ("LETTER", {"phone": "", "address": "Desa Contoh"}),
)


@each("channel, more", WAYS_IN)
def test_each_way_in_is_split(channel: str, more: dict[str, Any], staff: Staff) -> None:
    details: dict[str, Any] = {**DETAILS, "email": "", **more}
    case = intake_services.receive(by=staff.sekretariat, channel=channel, **details)
    second = sorting.split(case, by=staff.pkd, **SECOND)
    assert (second.channel, second.forwarded_by) == (channel, case.forwarded_by)
    assert second.by_post == case.by_post
