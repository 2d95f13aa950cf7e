"""A letter from the officer's draft to the citizen: initials, signature by certificate or by hand."""

from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pypdfium2 import PdfDocument

from consultations.enums import RequestedBy, State
from consultations.intake import services as intake_services
from consultations.models import Case
from dispositions import services as dispositions_services
from kit.refusal import Refused
from notices.models import Notice
from office.models import Office, Role
from reports.documents import life, signing_desk
from reports.models import Document, PaperEvent, PaperRule
from reports.models.document import DocumentKind, PaperState
from tests.factories import ClientOf, Staff, case_at, give_orders, sign_papers

K, S = DocumentKind, PaperState


def letter_of(case: Case, kind: DocumentKind = K.SCHEDULE) -> Document:
    return Document.objects.in_force().get(case=case, kind=kind)


@pytest.fixture
def case(staff: Staff) -> Case:
    return case_at(State.SCHEDULED, staff)


def verdict(document: Document) -> str:
    return Client().get(f"/verifikasi/{document.pk}/").text


def test_an_officer_alone_issues_no_letter_in_the_name_of_the_head(case: Case, staff: Staff) -> None:
    letter = letter_of(case)
    assert (letter.state, letter.turn) == (S.INITIALS, Role.DIVISION_HEAD)
    assert not letter.number
    assert not letter.file
    assert "Konsep, menunggu tanda tangan" in verdict(letter)
    assert Client().get(f"/p/{case.secret}/pemberitahuan-jadwal.pdf").status_code == 404
    page = Client().get(f"/p/{case.secret}/").text
    assert case.sessions.get().place in page, "the citizen knows the time at once"


def test_a_letter_is_returned_corrected_initialled_and_signed_by_hand(case: Case, staff: Staff) -> None:
    letter = letter_of(case)
    signing_desk.give_back(letter, by=staff.kabid, reason="Tulis ruang tunggunya.")
    assert (letter.state, letter.turn) == (S.DRAFT, "")
    signing_desk.submit(letter, by=staff.petugas, text="Ruang tunggu di lantai 1.")
    signing_desk.initial(letter, by=staff.kabid)
    assert (letter.state, letter.turn) == (S.SIGNATURE, Role.HEAD)
    sign_papers(case, staff)
    letter.refresh_from_db()
    assert (letter.state, letter.way, letter.signed_by) == (S.SENT, "HAND", staff.kadis)
    assert letter.original_sha256
    verbs = [*PaperEvent.objects.filter(document=letter).order_by("pk").values_list("verb", flat=True)]
    assert verbs == ["give_back", "submit", "initial", "print", "scan"]
    assert "Tanda tangan basah" in verdict(letter)
    assert Client().get(f"/p/{case.secret}/pemberitahuan-jadwal.pdf").status_code == 200


@pytest.mark.parametrize(
    "person", ["petugas", "sekretariat", "pkd", "other_kabid", "companion", "pengawas", "admin"]
)
def test_nobody_initials_or_signs_for_another(person: str, case: Case, staff: Staff) -> None:
    letter, by = letter_of(case), getattr(staff, person)
    for act in (signing_desk.initial, lambda *a, **k: signing_desk.give_back(*a, reason="x", **k)):
        with pytest.raises(PermissionDenied):
            act(letter, by=by)
    signing_desk.initial(letter, by=staff.kabid)
    for someone in (by, staff.kabid):
        with pytest.raises((PermissionDenied, Refused)):
            signing_desk.give_back(letter, by=someone, reason="x")
    assert not life.can("sign", letter, by=by)


def test_the_drafter_and_the_signer_give_no_initials(staff: Staff) -> None:
    """The Kepala Bidang who serves a case does not initial the own draft."""
    case = case_at(State.SCHEDULED, staff)
    dispositions_services.reassign(case, by=staff.kabid, officer=staff.other_petugas, reason="Cuti.")
    assignment = letter_of(case, K.ASSIGNMENT)
    assert assignment.drafted_by == staff.kabid
    assert (assignment.state, assignment.turn) == (S.SIGNATURE, Role.HEAD)


def test_a_standing_order_lets_another_sign_and_its_end_gives_the_paper_to_the_head(staff: Staff) -> None:
    give_orders(staff, Role.DIVISION_HEAD)
    case = case_at(State.SCHEDULED, staff)
    letter = letter_of(case)
    assert (letter.state, letter.turn) == (S.SIGNATURE, Role.DIVISION_HEAD)
    order = life.get_standing_order(K.SCHEDULE)
    assert order
    signing_desk.end_order(order, by=staff.kadis)
    letter.refresh_from_db()
    assert (letter.turn, letter.signer_role) == (Role.HEAD, Role.HEAD)


def test_only_the_head_gives_orders(staff: Staff) -> None:
    for person in (staff.kabid, staff.sekretaris, staff.admin, staff.petugas):
        staff.kadis = person
        with pytest.raises(PermissionDenied):
            give_orders(staff, Role.DIVISION_HEAD)


def test_without_a_certificate_nothing_is_signed_electronically(case: Case, staff: Staff) -> None:
    letter = letter_of(case)
    signing_desk.initial(letter, by=staff.kabid)
    with pytest.raises(Refused, match="belum memakai tanda tangan elektronik"):
        signing_desk.sign(letter, by=staff.kadis, passphrase="x")


def test_a_scan_needs_the_print_and_a_number(case: Case, staff: Staff) -> None:
    Office.objects.update(counts_letters=False)
    letter, scan = letter_of(case), [signing_desk.CheckedFile(b"%PDF-1.4", "application/pdf", "a.pdf")]
    signing_desk.initial(letter, by=staff.kabid)
    with pytest.raises(Refused, match="belum dicetak"):
        signing_desk.record_scan(letter, by=staff.sekretariat, pages=scan)
    signing_desk.print_original(letter, by=staff.sekretariat)
    with pytest.raises(Refused, match="Tulis nomor"):
        signing_desk.record_scan(letter, by=staff.sekretariat, pages=scan)
    signing_desk.record_scan(letter, by=staff.sekretariat, pages=scan, number="400.9/77/X/2026")
    assert (letter.number, letter.numbered_by) == ("400.9/77/X/2026", staff.sekretariat)


def test_a_withdrawn_request_takes_its_waiting_letters_off_the_desk(case: Case, staff: Staff) -> None:
    for kind in (K.SCHEDULE, K.ASSIGNMENT):
        signing_desk.initial(letter_of(case, kind), by=staff.kabid)
    assert signing_desk.list_turns(staff.kadis).count() == 2
    intake_services.withdraw_for(
        case, by=staff.pkd, requested_by=RequestedBy.TELEPHONE, reason="Lewat telepon."
    )
    assert not signing_desk.list_turns(staff.kadis).exists()
    assert "dicabut" in verdict(Document.objects.get(case=case, kind=K.SCHEDULE))


def test_the_desk_shows_each_what_waits(case: Case, staff: Staff, client_of: ClientOf) -> None:
    letter = letter_of(case)
    assert f'data-paper="{letter.pk}"' in client_of(staff.kabid).get("/tanda-tangan/").text
    assert f'data-paper="{letter.pk}"' not in client_of(staff.kadis).get("/tanda-tangan/").text
    page = client_of(staff.kabid).get(f"/tanda-tangan/{letter.pk}/").text
    assert 'data-form="initial"' in page
    assert "data:image/png;base64," in page
    following = letter_of(case, K.ASSIGNMENT)
    for paper, opened in ((letter, f"/tanda-tangan/{following.pk}/"), (following, "/tanda-tangan/")):
        answer = client_of(staff.kabid).post(f"/tanda-tangan/{paper.pk}/initial/", {"note": ""})
        assert answer["Location"] == opened, "the next one opens by itself"
    assert 'data-verb="give_back"' not in client_of(staff.petugas).get(f"/tanda-tangan/{letter.pk}/").text
    assert client_of(staff.elsewhere).get(f"/tanda-tangan/{letter.pk}/").status_code == 404


def test_scans_are_matched_by_their_codes(case: Case, staff: Staff) -> None:
    letter = letter_of(case)
    signing_desk.initial(letter, by=staff.kabid)
    printed = signing_desk.print_original(letter, by=staff.sekretariat)
    photo, stream = PdfDocument(printed)[0].render(scale=2.2).to_pil(), BytesIO()
    photo.rotate(1.5, fillcolor="white").save(stream, "JPEG", quality=70)
    good = signing_desk.CheckedFile(stream.getvalue(), "image/jpeg", "foto.jpg")
    blank = BytesIO()
    photo.resize((60, 80)).save(blank, "JPEG")
    bad = signing_desk.CheckedFile(blank.getvalue(), "image/jpeg", "kabur.jpg")
    stored, doubtful = signing_desk.record_scans([bad, good], by=staff.sekretariat)
    assert (stored, [scan.name for scan, _why in doubtful]) == ([letter], ["kabur.jpg"])
    letter.refresh_from_db()
    assert letter.state == S.SENT


def test_the_office_says_who_initials(staff: Staff) -> None:
    both: Any = [Role.DIVISION_HEAD.value, Role.SECRETARY.value]
    PaperRule.objects.create(kind=K.SCHEDULE, initials=both)
    case = case_at(State.SCHEDULED, staff)
    letter = letter_of(case)
    Office.objects.update(has_secretary=True)
    for person, role in ((staff.kabid, Role.SECRETARY), (staff.sekretaris, Role.HEAD)):
        signing_desk.initial(letter, by=person)
        assert letter.turn == role


def test_one_tap_leads_from_the_notice_to_the_paper(case: Case, staff: Staff, client_of: ClientOf) -> None:
    letter = letter_of(case)
    signing_desk.initial(letter_of(case, K.ASSIGNMENT), by=staff.kabid)
    notice = Notice.objects.get(recipient=staff.kabid, kind="TO_INITIAL", superseded_at=None)
    assert client_of(staff.kabid).get(notice.path)["Location"] == f"/tanda-tangan/{letter.pk}/"
    signing_desk.initial(letter, by=staff.kabid)
    notice.refresh_from_db()
    assert notice.superseded_at
    assert Notice.objects.filter(recipient=staff.kadis, kind="TO_SIGN", superseded_at=None).count() == 1
    sign_papers(case, staff)
    assert not Notice.objects.filter(case=case, kind__startswith="TO_SIGN", superseded_at=None).exists()
