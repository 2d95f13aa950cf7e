"""Attacks on scans: pages that the signer does not see, former holders, denied papers."""

import datetime as dt
from io import BytesIO

from django.test import Client
from PIL import Image

from consultations.enums import State
from consultations.models import Case
from documents import life, signing_desk
from documents.models import Document
from kit import clock
from notices.models import Notice
from office.models import Role
from tests.factories import ClientOf, Staff, afresh, appoint, case_at, sign_papers
from tests.journeys.test_signing import letter_of, printed

K = Document.Kind


def jpeg(color: str = "white") -> bytes:
    stream = BytesIO()
    Image.new("RGB", (600, 800), color).save(stream, "JPEG")
    return stream.getvalue()


def test_the_signer_sees_that_pages_are_left_out(
    waiting: Document, staff: Staff, client_of: ClientOf
) -> None:
    page = printed(waiting, staff.sekretariat)
    many = [page, *(signing_desk.CheckedFile(jpeg(), "image/jpeg", f"{n}.jpg") for n in range(21))]
    signing_desk.record_scan(waiting, by=staff.sekretariat, pages=many)
    text = client_of(staff.kadis).get(f"/tanda-tangan/{waiting.pk}/").text
    assert text.count("data:image/") < 22
    assert "Buka PDF-nya sebelum menjawab" in text


def test_the_applicant_learns_that_a_letter_was_denied(waiting: Document, case: Case, staff: Staff) -> None:
    signing_desk.record_scan(waiting, by=staff.sekretariat, pages=[printed(waiting, staff.sekretariat)])
    before = Notice.objects.filter(case=case, recipient=None).count()
    signing_desk.deny(waiting, by=staff.kadis)
    page = Client().get(f"/p/{afresh(case).secret}/").text
    assert Notice.objects.filter(case=case, recipient=None).count() > before or "tidak berlaku" in page


def test_the_signer_can_answer_after_the_term(waiting: Document, staff: Staff, client_of: ClientOf) -> None:
    """A Plh. of one day is asked, and must be able to say that it is not his signature."""
    held = appoint(staff.companion, Role.HEAD, acting="Plh.")
    scan = printed(waiting, staff.sekretariat)
    assert afresh(waiting).printed_for == staff.companion
    signing_desk.record_scan(waiting, by=staff.sekretariat, pages=[scan])
    type(held).objects.filter(pk=held.pk).update(ends=clock.today())
    with clock.set_to(clock.now() + dt.timedelta(days=1)):
        by = type(staff.companion).objects.get(pk=staff.companion.pk)
        assert life.can("deny", afresh(waiting), by=by)
        assert client_of(by).get(f"/tanda-tangan/{waiting.pk}/").status_code == 200
        assert client_of(by).get(f"/naskah/{waiting.pk}.pdf").status_code == 200
        assert [*life.list_papers(by, "SCAN_STORED")] == [waiting]
        Case.objects.filter(documents=waiting).update(kind="COMPLAINT", complained_about=by)
        assert client_of(by).get(f"/tanda-tangan/{waiting.pk}/").status_code == 404
        assert not life.can("deny", afresh(waiting), by=by)


def test_a_refusal_whose_letter_was_denied_can_get_another_one(staff: Staff) -> None:
    case = case_at(State.DECLINED, staff)
    letter = letter_of(case, K.REJECTION)
    sign_papers(case, staff)
    signing_desk.deny(afresh(letter), by=staff.kadis)
    another = Document.objects.in_force().get(case=case, kind=K.REJECTION)
    assert (another.replaces, another.state, another.number) == (letter, "SIGNATURE", "")


def test_the_notice_of_a_denied_scan_ends(waiting: Document, case: Case, staff: Staff) -> None:
    signing_desk.record_scan(waiting, by=staff.sekretariat, pages=[printed(waiting, staff.sekretariat)])
    signing_desk.deny(waiting, by=staff.kadis)
    notices = Notice.objects.filter(case=case, kind="SCAN_DENIED", superseded_at=None)
    assert notices.exists()
    notices.update(read_at=clock.now())
    number = Notice.objects.filter(case=case, kind="SCAN_DENIED").count()
    other = letter_of(case, K.ASSIGNMENT)
    if other.state == Document.State.INITIALS:
        signing_desk.initial(other, by=staff.kabid)
    signing_desk.print_original(other, by=staff.sekretariat)
    assert Notice.objects.filter(case=case, kind="SCAN_DENIED").count() == number
