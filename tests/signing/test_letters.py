"""Signing letters with a certificate: one and many, one that fails, two signers at once, a crash."""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from consultations.enums import State
from consultations.models import Case
from documents import life, signing_desk
from documents.files import read_document
from documents.models import Document, PaperEvent, PaperRule
from documents.models.document import DocumentKind, PaperState
from kit import clock
from kit.refusal import Refused
from office.models import Office, Role
from tests.factories import ClientOf, Staff, appoint, case_at, make_office, make_staff, make_user
from tests.print.reading import text_of
from tests.signing.certificates import PASSPHRASE, Identity
from tests.signing.reading import pyhanko_accepts
from tests.threads import run_at_once

K, S = DocumentKind, PaperState
pytestmark = pytest.mark.usefixtures("key_file")


def waiting_letter(staff: Staff, case: Case | None = None) -> Document:
    """Return a schedule that waits for the signature of the head."""
    case = case or case_at(State.SCHEDULED, staff)
    letter = Document.objects.get(case=case, kind=K.SCHEDULE)
    signing_desk.initial(letter, by=staff.kabid)
    return letter


def test_a_letter_is_numbered_and_signed_and_then_the_citizen_opens_it(
    staff: Staff, client_of: ClientOf, authority: Identity, client: Any
) -> None:
    letter = waiting_letter(staff)
    address = reverse("paper_act", args=[letter.pk, "sign"])
    assert client_of(staff.kabid).post(address, {"passphrase": PASSPHRASE}).status_code == 403
    assert client_of(staff.kadis).post(address, {"passphrase": PASSPHRASE}).status_code == 302
    letter.refresh_from_db()
    assert (letter.state, letter.way, letter.signed_by) == (S.SENT, "ELECTRONIC", staff.kadis)
    content = read_document(letter)
    assert pyhanko_accepts(content, authority)
    words = text_of(content)
    assert letter.number
    assert letter.number in words
    assert "Ditandatangani secara elektronik oleh" in words
    assert "DRAF" not in words
    assert letter.case
    public = reverse("applicant_document", args=[letter.case.secret, "pemberitahuan-jadwal"])
    assert client.get(public).status_code == 200


def test_a_wrong_passphrase_signs_nothing_and_the_number_waits(staff: Staff, client_of: ClientOf) -> None:
    letter = waiting_letter(staff)
    answer = client_of(staff.kadis).post(
        reverse("paper_act", args=[letter.pk, "sign"]), {"passphrase": "salah-2026"}
    )
    assert answer.status_code == 422
    assert "Frasa sandi sertifikat salah" in answer.text
    assert "salah-2026" not in answer.text
    letter.refresh_from_db()
    reserved = letter.number
    assert (letter.state, letter.signed_at, bool(reserved)) == (S.SIGNATURE, None, True)
    signing_desk.sign(letter, by=staff.kadis, passphrase=PASSPHRASE)
    assert letter.number == reserved


def test_one_that_fails_does_not_stop_the_others(staff: Staff, client_of: ClientOf) -> None:
    letters = [waiting_letter(staff) for _case in range(3)]
    failing = letters[1]
    Document.objects.filter(pk=failing.pk).update(text="x" * 1_000_000)
    client = client_of(staff.kadis)
    page = client.get("/tanda-tangan/sekaligus/").text
    assert page.count('name="papers"') >= 3
    typed = {"papers": [str(letter.pk) for letter in letters], "passphrase": PASSPHRASE}
    text = client.post("/tanda-tangan/sekaligus/", typed).text
    assert 'data-failed="1"' in text
    states = {letter.pk: Document.objects.get(pk=letter.pk).state for letter in letters}
    assert states == {letters[0].pk: S.SENT, failing.pk: S.SIGNATURE, letters[2].pk: S.SENT}
    assert not Document.objects.get(pk=failing.pk).file


def test_a_wrong_passphrase_is_tried_once_for_all(staff: Staff) -> None:
    letters = [waiting_letter(staff) for _case in range(2)]
    results = list(signing_desk.sign_all(letters, by=staff.kadis, passphrase="salah-2026"))
    assert [str(refusal) for _letter, refusal in results] == [str(results[0][1])] * 2
    assert not Document.objects.exclude(number="").filter(pk=letters[1].pk).exists(), (
        "the second was not tried"
    )


def test_letters_whose_time_has_passed_are_not_signed_together(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.SCHEDULED, staff)
    waiting_letter(staff, case)
    assert client_of(staff.kadis).get("/tanda-tangan/sekaligus/").context["papers"]
    with clock.set_to(case.planned_at):
        assert not client_of(staff.kadis).get("/tanda-tangan/sekaligus/").context["papers"]


def test_only_letters_without_a_certificate_wait_for_print(staff: Staff, client_of: ClientOf) -> None:
    waiting_letter(staff)
    assert "data-on-paper" not in client_of(staff.sekretariat).get("/meja/").text
    PaperRule.objects.create(kind=K.SCHEDULE, initials=["DIVISION_HEAD"], way=PaperRule.Way.HAND)
    assert 'data-on-paper="1"' in client_of(staff.sekretariat).get("/meja/").text


def test_only_routine_letters_are_signed_together(staff: Staff, client_of: ClientOf) -> None:
    PaperRule.objects.create(kind=K.SCHEDULE, initials=["DIVISION_HEAD"], is_routine=False)
    letter = waiting_letter(staff)
    typed = {"papers": [str(letter.pk)], "passphrase": PASSPHRASE}
    assert client_of(staff.kadis).post("/tanda-tangan/sekaligus/", typed).status_code == 422
    letter.refresh_from_db()
    assert letter.state == S.SIGNATURE


def test_an_office_that_enters_numbers_enters_them_before_the_signature(staff: Staff) -> None:
    Office.objects.update(counts_letters=False)
    letter = waiting_letter(staff)
    with pytest.raises(Refused, match="belum bernomor"):
        signing_desk.sign(letter, by=staff.kadis, passphrase=PASSPHRASE)
    signing_desk.enter_number(letter, by=staff.sekretariat, number="400.9/55/X/2026")
    letter.refresh_from_db()
    signing_desk.sign(letter, by=staff.kadis, passphrase=PASSPHRASE)
    assert letter.number == "400.9/55/X/2026"


def test_a_stand_in_signs_under_the_own_title(staff: Staff) -> None:
    appoint(staff.other_kabid, Role.HEAD, acting="Plh.")
    letter = waiting_letter(staff)
    signing_desk.sign(letter, by=staff.other_kabid, passphrase=PASSPHRASE)
    assert letter.signed_title == "Plh. Kepala Dinas"
    assert "Plh. Kepala Dinas" in text_of(read_document(letter))


def test_an_error_after_the_signature_leaves_nothing_half(
    staff: Staff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter, files = waiting_letter(staff), sorted(tmp_path.rglob("*.pdf"))

    def break_off(case: object, by: object) -> None:
        raise OSError("the power failed")

    monkeypatch.setattr(life, "announce", break_off)
    with pytest.raises(OSError, match="power"), transaction.atomic():
        signing_desk.sign(letter, by=staff.kadis, passphrase=PASSPHRASE)
    letter.refresh_from_db()
    assert (letter.state, letter.file.name, letter.signed_at) == (S.SIGNATURE, "", None)
    assert sorted(tmp_path.rglob("*.pdf")) == files
    assert not PaperEvent.objects.filter(document=letter, verb="sign").exists()


@pytest.mark.differs_by_database
def test_two_signers_at_once_sign_once(shared_database: None) -> None:
    make_office()
    staff = make_staff()
    second = make_user("plh")
    appoint(second, Role.HEAD, acting="Plh.")
    letter = waiting_letter(staff)

    def sign_as(user: Any) -> str:
        try:
            signing_desk.sign(Document.objects.get(pk=letter.pk), by=user, passphrase=PASSPHRASE)
        except Refused as refusal:
            return str(refusal)
        return ""

    said = run_at_once([lambda: sign_as(staff.kadis), lambda: sign_as(second)])
    assert sorted(map(bool, said)) == [False, True]
    assert str(life.GONE) in said
    assert PaperEvent.objects.filter(document=letter, verb="sign").count() == 1
    assert (
        len([number for number in Document.objects.values_list("number", flat=True) if "/PJ/" in number]) == 1
    )


def test_the_desk_asks_the_same_for_one_and_for_five_papers(
    staff: Staff, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    client, counts = client_of(staff.kadis), []
    for number in (1, 4):
        for _case in range(number):
            waiting_letter(staff)
        client.get("/tanda-tangan/")
        with django_assert_max_num_queries(30) as asked:
            assert client.get("/tanda-tangan/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
